//! The JSON schemas that strict structured outputs take, and whether a value has such a form.
//!
//! <https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas>

use serde_json::{Map, Value};

/// Keywords that may stand in a strict schema.
const KEYWORDS: [&str; 20] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "definitions",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
];
const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];
const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "object", "array", "null",
];
const EVERY: &str =
    "'required' is required to be supplied and to be an array including every key in properties.";
const DEEPEST: usize = 10;
const MOST_PROPERTIES: usize = 5000;
const MOST_ENUM_VALUES: usize = 1000;

/// Whether OpenAI takes a schema; `Err` says why not, as OpenAI does.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let root = Path::default();
    let object = schema.as_object();
    let object = object.ok_or_else(|| root.wrong("schema must be a JSON object."))?;
    if object.contains_key("anyOf") {
        return Err(root.wrong("schema must not have 'anyOf' at the top level."));
    }
    if object.get("type").and_then(Value::as_str) != Some("object") {
        let kind = object
            .get("type")
            .map_or("None".to_owned(), Value::to_string);
        let message =
            format!("schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'.");
        return Err(message);
    }
    let mut count = Count::default();
    count.look(schema, schema, &root, 1)?;
    if count.properties > MOST_PROPERTIES {
        return Err(format!(
            "the schema has {} properties, which exceeds the limit of {MOST_PROPERTIES}.",
            count.properties
        ));
    }
    if count.enum_values > MOST_ENUM_VALUES {
        return Err(format!(
            "the schema has {} enum values, which exceeds the limit of {MOST_ENUM_VALUES}.",
            count.enum_values
        ));
    }
    Ok(())
}

/// Where in the schema something is, as OpenAI writes it.
#[derive(Default, Clone)]
struct Path(Vec<String>);

impl Path {
    fn down(&self, key: &str) -> Self {
        let mut path = self.0.clone();
        path.push(format!("'{key}'"));
        Self(path)
    }

    fn wrong(&self, what: &str) -> String {
        let comma = if self.0.len() == 1 { "," } else { "" };
        format!("In context=({}{comma}), {what}", self.0.join(", "))
    }
}

#[derive(Default)]
struct Count {
    properties: usize,
    enum_values: usize,
}

impl Count {
    fn look(
        &mut self,
        schema: &Value,
        root: &Value,
        path: &Path,
        depth: usize,
    ) -> Result<(), String> {
        let object = schema.as_object();
        let object = object.ok_or_else(|| path.wrong("schema must be a JSON object."))?;
        for key in object.keys() {
            if key != "type" && key != "title" && !KEYWORDS.contains(&key.as_str()) {
                return Err(path.wrong(&format!("'{key}' is not permitted.")));
            }
        }
        if let Some(values) = object.get("enum") {
            let values = values.as_array().filter(|values| !values.is_empty());
            let values = values.ok_or_else(|| path.wrong("'enum' must have values."))?;
            self.enum_values += values.len();
        }
        if let Some(format) = object.get("format").and_then(Value::as_str)
            && !FORMATS.contains(&format)
        {
            return Err(path.wrong(&format!("'{format}' is not a valid format.")));
        }
        for definitions in ["$defs", "definitions"] {
            if let Some(Value::Object(all)) = object.get(definitions) {
                for (name, one) in all {
                    self.look(one, root, &path.down(definitions).down(name), 1)?;
                }
            }
        }
        if let Some(reference) = object.get("$ref") {
            return match resolve(reference, root) {
                Some(_) => Ok(()),
                None => Err(path.wrong("reference can only point to definitions of the schema.")),
            };
        }
        if let Some(options) = object.get("anyOf") {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            for (at, option) in options.iter().enumerate() {
                self.look(
                    option,
                    root,
                    &path.down("anyOf").down(&at.to_string()),
                    depth,
                )?;
            }
            return Ok(());
        }
        let types = types(object);
        if types.is_empty() && !object.contains_key("const") && !object.contains_key("enum") {
            return Err(path.wrong("schema must have a 'type' key."));
        }
        if let Some(unknown) = types.iter().find(|it| !TYPES.contains(it)) {
            return Err(path.wrong(&format!("'{unknown}' is not a valid type.")));
        }
        if types.contains(&"object") {
            self.look_at_properties(object, root, path, depth)?;
        }
        if types.contains(&"array") {
            let items = object.get("items");
            let items = items.ok_or_else(|| path.wrong("array schema missing items."))?;
            self.look(items, root, &path.down("items"), depth)?;
        }
        Ok(())
    }

    fn look_at_properties(
        &mut self,
        object: &Map<String, Value>,
        root: &Value,
        path: &Path,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!(
                "{depth} levels of nesting exceeds limit of {DEEPEST}."
            ));
        }
        if object.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Err(
                path.wrong("'additionalProperties' is required to be supplied and to be false.")
            );
        }
        let nothing = Map::new();
        let properties = object.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&nothing);
        let required: Vec<&str> = object
            .get("required")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        if let Some(missing) = properties
            .keys()
            .find(|key| !required.contains(&key.as_str()))
        {
            return Err(path.wrong(&format!("{EVERY} Missing '{missing}'.")));
        }
        if let Some(extra) = required.iter().find(|key| !properties.contains_key(**key)) {
            return Err(path.wrong(&format!("{EVERY} Extra required key '{extra}' supplied.")));
        }
        self.properties += properties.len();
        for (name, property) in properties {
            let path = path.down("properties").down(name);
            self.look(property, root, &path, depth + 1)?;
        }
        Ok(())
    }
}

/// The types that a schema allows.
fn types(object: &Map<String, Value>) -> Vec<&str> {
    match object.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn resolve<'a>(reference: &Value, root: &'a Value) -> Option<&'a Value> {
    root.pointer(reference.as_str()?.strip_prefix('#')?)
}

/// Whether a value has the form of a schema that [`check`] takes. Patterns, formats and bounds of
/// numbers are not looked at.
pub(super) fn fits(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    if let Some(reference) = schema.get("$ref") {
        let target = resolve(reference, root).unwrap_or(&Value::Null);
        return fits(value, target, root);
    }
    if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
        let any = options
            .iter()
            .any(|option| fits(value, option, root).is_ok());
        return any
            .then_some(())
            .ok_or_else(|| format!("{value} is none of the options"));
    }
    let Some(object) = schema.as_object() else {
        return Err("there is no such definition".to_owned());
    };
    let types = types(object);
    if !types.is_empty() && !types.iter().any(|it| is(value, it)) {
        return Err(format!("{value} is no {}", types.join(" or ")));
    }
    if let Some(values) = object.get("enum").and_then(Value::as_array)
        && !values.contains(value)
    {
        return Err(format!("{value} is not among the values"));
    }
    if object.get("const").is_some_and(|only| only != value) {
        return Err(format!("{value} is not the value"));
    }
    if let Some(items) = value.as_array() {
        let length = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let bound = |name: &str| object.get(name).and_then(Value::as_u64);
        if bound("maxItems").is_some_and(|most| length > most)
            || bound("minItems").is_some_and(|least| length < least)
        {
            return Err(format!("{length} is not the number of items"));
        }
        let form = object.get("items").unwrap_or(&Value::Null);
        return items.iter().try_for_each(|item| fits(item, form, root));
    }
    if let Some(fields) = value.as_object() {
        let nothing = Map::new();
        let properties = object.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&nothing);
        if let Some(extra) = fields.keys().find(|key| !properties.contains_key(*key)) {
            return Err(format!("there is no '{extra}'"));
        }
        return properties.iter().try_for_each(|(name, form)| {
            let field = fields.get(name);
            fits(
                field.ok_or_else(|| format!("'{name}' is missing"))?,
                form,
                root,
            )
        });
    }
    Ok(())
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person() -> Value {
        json!({
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "as written"},
                "age": {"type": ["integer", "null"]},
                "pets": {"type": "array", "items": {"$ref": "#/$defs/pet"}},
            },
            "required": ["name", "age", "pets"],
            "additionalProperties": false,
            "$defs": {
                "pet": {
                    "type": "object",
                    "properties": {"kind": {"type": "string", "enum": ["cat", "dog"]}},
                    "required": ["kind"],
                    "additionalProperties": false,
                },
            },
        })
    }

    #[test]
    fn schemas_are_refused_as_openai_does() {
        assert_eq!(check(&person()), Ok(()));
        let without = |pointer: &str, key: &str| {
            let mut schema = person();
            let object = schema.pointer_mut(pointer).and_then(Value::as_object_mut);
            object.unwrap().remove(key).unwrap();
            check(&schema).unwrap_err()
        };
        let with = |pointer: &str, key: &str, value: Value| {
            let mut schema = person();
            schema.pointer_mut(pointer).unwrap()[key] = value;
            check(&schema).unwrap_err()
        };
        let refusals = [
            without("", "additionalProperties"),
            without("/$defs/pet", "additionalProperties"),
            without("", "required"),
            with("", "required", json!(["name", "age", "pets", "shoes"])),
            without("/properties/name", "type"),
            without("/properties/pets", "items"),
            with("/properties/name", "default", json!("Asha")),
            with("/properties/name", "minLength", json!(1)),
            with("/properties/name", "format", json!("phone")),
            with(
                "/properties/pets/items",
                "$ref",
                json!("https://example.com"),
            ),
            with("", "type", json!("array")),
            with("", "anyOf", json!([])),
            check(&json!("string")).unwrap_err(),
        ];
        insta::assert_snapshot!(refusals.join("\n"), @r#"
        In context=(), 'additionalProperties' is required to be supplied and to be false.
        In context=('$defs', 'pet'), 'additionalProperties' is required to be supplied and to be false.
        In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'age'.
        In context=(), 'required' is required to be supplied and to be an array including every key in properties. Extra required key 'shoes' supplied.
        In context=('properties', 'name'), schema must have a 'type' key.
        In context=('properties', 'pets'), array schema missing items.
        In context=('properties', 'name'), 'default' is not permitted.
        In context=('properties', 'name'), 'minLength' is not permitted.
        In context=('properties', 'name'), 'phone' is not a valid format.
        In context=('properties', 'pets', 'items'), reference can only point to definitions of the schema.
        schema must be a JSON Schema of 'type: "object"', got 'type: "array"'.
        In context=(), schema must not have 'anyOf' at the top level.
        In context=(), schema must be a JSON object.
        "#);
    }

    #[test]
    fn depth_and_size_have_limits() {
        let nested = |depth: usize| {
            let mut schema = json!({"type": "string"});
            for _ in 0..depth {
                schema = json!({
                    "type": "object", "properties": {"in": schema}, "required": ["in"],
                    "additionalProperties": false,
                });
            }
            check(&schema)
        };
        assert_eq!(nested(10), Ok(()));
        assert_eq!(
            nested(11).unwrap_err(),
            "11 levels of nesting exceeds limit of 10."
        );
        let values: Vec<String> = (0..=1000).map(|n| n.to_string()).collect();
        let schema = json!({
            "type": "object", "properties": {"n": {"enum": values}}, "required": ["n"],
            "additionalProperties": false,
        });
        assert_eq!(
            check(&schema).unwrap_err(),
            "the schema has 1001 enum values, which exceeds the limit of 1000."
        );
    }

    #[test]
    fn a_value_has_the_form_or_not() {
        let form = person();
        let fits = |value: Value| fits(&value, &form, &form);
        assert_eq!(
            fits(json!({"name": "Asha", "age": null, "pets": [{"kind": "cat"}]})),
            Ok(())
        );
        for (value, why) in [
            (json!([]), "[] is no object"),
            (json!({"name": "Asha", "age": 7}), "'pets' is missing"),
            (
                json!({"name": "Asha", "age": 1.5, "pets": []}),
                "1.5 is no integer or null",
            ),
            (
                json!({"name": "Asha", "age": 7, "pets": [], "shoes": 2}),
                "there is no 'shoes'",
            ),
            (
                json!({"name": "Asha", "age": 7, "pets": [{"kind": "cow"}]}),
                "\"cow\" is not among the values",
            ),
        ] {
            assert_eq!(fits(value).unwrap_err(), why);
        }
    }
}
