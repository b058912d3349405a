# A place to work that leaves nothing behind, for scripts that source this file.
#
#   workplace          makes a temporary folder, $WORK; at the end of the script, however it comes, what `run` started
#                      and the throwaway PostgreSQL and AWS are stopped and the folder is removed
#   run COMMAND…       runs a command such that an interrupted script can stop it, and everything it started
#
# A trap does the tidying when the script ends, is interrupted or is told to stop. When the script is killed outright, no
# trap runs; a guard in the background notices that it is gone and does the same.

# For what is stopped at the end, also in scripts that start none of it.
. scripts/lib/postgres.sh
. scripts/lib/moto.sh

workplace() {
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/timeoff.XXXXXXXX")
    WORK_OWNER=$BASHPID
    trap 'workplace_leave' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # In a session of its own, so that Ctrl-C does not reach it.
    setsid bash -c '
        . scripts/lib/postgres.sh
        . scripts/lib/workplace.sh
        # The process may be gone before tail looks: then it returns at once.
        tail --pid="$2" -f /dev/null
        # A script that ended in its own way has removed the folder.
        [ ! -d "$1" ] || workplace_clear "$1"
    ' guard "$WORK" "$$" </dev/null >/dev/null 2>&1 &
    GUARD=$!
    disown
}

run() {
    local child status
    # Job control gives the command a process group of its own, so that all of it can be stopped.
    set -m
    "$@" </dev/null &
    child=$!
    set +m
    echo "$child" >"$WORK/running"
    # A trap can interrupt this wait; it could not interrupt a command in the foreground.
    wait "$child" && status=0 || status=$?
    rm -f "$WORK/running"
    return "$status"
}

workplace_leave() {
    local status=$?
    # Not in a subshell that inherited the trap.
    [ "$BASHPID" = "$WORK_OWNER" ] || return "$status"
    trap '' HUP INT TERM
    workplace_clear "$WORK"
    # Nothing is left to guard.
    kill -- "-$GUARD" 2>/dev/null || true
    exit "$status"
}

workplace_clear() {
    local group
    if group=$(cat "$1/running" 2>/dev/null) && [ -n "$group" ]; then
        kill -TERM -- "-$group" 2>/dev/null || true
        # Ten seconds to end in their own way.
        for _ in $(seq 100); do
            kill -0 -- "-$group" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$group" 2>/dev/null || true
    fi
    moto_stop "$1"
    postgres_stop "$1"
    rm -rf "$1"
}
