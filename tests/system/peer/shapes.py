"""What the simulated Slack says, held against what Slack's own packages declare that Slack says (samples/).

A shape is a type's name ("string", "string|null", "any"), a list of one shape, or the keys of an object; samples/renew.mjs
says the rest.
"""

import json
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"


def load(name):
    shapes = json.loads((SAMPLES / f"{name}.json").read_text())
    del shapes["from"]
    return shapes


ANSWERS = load("answers")
EVENTS = load("events")
INTERACTIONS = load("interactions")

REFERENCES = {
    "=blocks": ANSWERS["blocks"],
    "=message": ANSWERS["conversations.history"]["messages"][0],
    "=view": ANSWERS["views.publish"]["view"],
}
# These are of answers, which do not say what is always there.
LOOSE = {id(REFERENCES["=message"]), id(REFERENCES["=view"])}


def resolved(shape):
    return REFERENCES.get(shape, shape) if isinstance(shape, str) else shape


def types(shape):
    if isinstance(shape, dict):
        return {"object"} | (types(shape["|"]) if "|" in shape else set())
    if isinstance(shape, list):
        return {"array"}
    return set(shape.split("|"))


def kind(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def child(shape, key):
    """The shape under a key, and whether the key may be missing; None when there is no such key."""
    if key in shape:
        return resolved(shape[key]), False
    if f"{key}?" in shape:
        return resolved(shape[f"{key}?"]), True
    if "*" in shape:
        return resolved(shape["*"]), True
    return None


def find(shape, path):
    """The shape at `user.profile.email` or `members[].id`, or None."""
    shape = resolved(shape)
    for part in path.replace("[]", ".[]").split(".") if path else []:
        if part == "[]":
            shape = resolved(shape[0]) if isinstance(shape, list) and shape else None
        elif isinstance(shape, dict):
            found = child(shape, part)
            shape = found[0] if found else None
        else:
            shape = None
        if shape is None:
            return None
    return shape


# Other things than these are no lack of the simulator: what only errors and further pages have, …
OF_THE_MOMENT = {"needed", "provided", "warning", "response_metadata", "messages", "next_cursor", "warnings"}
# … and what is in blocks, their values and actions: there the app decides what there is.
OF_THE_APP = ("blocks[]", "state.values", "actions[]")


class Comparison:
    """All that the simulator said of one kind, beside its shape."""

    def __init__(self, name, shape, *, later=(), missing=(), nulls=()):
        self.name = name
        self.shape = resolved(shape)
        # What the simulator may say although the shape does not have it, what it may leave out, and what may be null or,
        # as `path=type`, of another type; each must be needed.
        self.excused = {"later": set(later), "missing": set(missing), "null": set(nulls)}
        self.used = set()
        self.problems = set()
        # Path of an object → its keys in the shape, and those that were said.
        self.keys = {}
        self.count = 0

    def add(self, value):
        self.count += 1
        self._compare(value, self.shape, "", self.strict)

    def _excused(self, why, path):
        if path in self.excused[why]:
            self.used.add((why, path))
            return True
        return False

    def _compare(self, value, shape, path, strict):
        strict = strict and id(shape) not in LOOSE
        said, allowed = kind(value), types(shape)
        if "any" in allowed:
            return
        if said not in allowed:
            if not self._excused("null", path if said == "null" else f"{path}={said}"):
                self.problems.add(f"{path or 'all of it'} is {said}, at Slack {'|'.join(sorted(allowed))}")
            return
        if isinstance(value, list):
            for item in value:
                self._compare(item, resolved(shape[0]) if shape else "any", f"{path}[]", strict)
        elif isinstance(value, dict):
            self._compare_keys(value, shape, path, strict)

    def _compare_keys(self, value, shape, path, strict):
        named = {key.rstrip("?") for key in shape} - {"*", "|"}
        # An empty shape is of an object whose keys are the app's own.
        if not named and "*" not in shape:
            return
        known, said = self.keys.setdefault(path, (set(), set()))
        known |= named
        said |= set(value)
        for key, inner in value.items():
            below = f"{path}.{key}" if path else key
            found = child(shape, key)
            if found is None:
                if not self._excused("later", below):
                    self.problems.add(f"{below} is unknown at Slack")
                continue
            self._compare(inner, found[0], f"{path}.*" if key not in named else below, strict)
        # In answers every key may be missing.
        for key in shape:
            below = f"{path}.{key}" if path else key
            always = strict and key not in ("*", "|") and not key.endswith("?")
            if always and key not in value and not self._excused("missing", below):
                self.problems.add(f"{below} is missing, at Slack it is always there")

    strict = False

    def finish(self):
        """The problems, and what Slack says beyond the simulator, as lines."""
        for why, paths in self.excused.items():
            for path in sorted(paths - {path for reason, path in self.used if reason == why}):
                self.problems.add(f"{path} needs no excuse ({why}) any more")
        if self.count == 0:
            self.problems.add("nothing was said")
        lacking = []
        for path, (known, said) in sorted(self.keys.items()):
            unsaid = known - said - OF_THE_MOMENT
            if unsaid and not any(part in path for part in OF_THE_APP):
                lacking.append(f"{self.name} {path}".strip() + f": {' '.join(sorted(unsaid))}")
        return [f"{self.name}: {problem}" for problem in sorted(self.problems)], lacking

    def says(self, path):
        """Whether the simulator said this at least once."""
        above, _, key = path.rpartition(".")
        _, said = self.keys.get(above, (set(), set()))
        return key in said


class StrictComparison(Comparison):
    """Where the shape says which keys are always there."""

    strict = True
