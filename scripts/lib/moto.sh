# An emulated AWS (moto), for scripts that source this file and aws-tools.sh.
#
#   moto_start DIR   starts one that keeps nothing, and sets MOTO_URL; aws_tools comes before
#   moto_stop DIR    stops it

moto_start() {
    local port
    for _ in 1 2 3 4 5; do
        port=$((10000 + RANDOM % 20000))
        # In a session of its own: Ctrl-C reaches the script, which stops it when it tidies up.
        setsid moto_server -H 127.0.0.1 -p "$port" </dev/null >"$1/moto.log" 2>&1 &
        echo $! >"$1/moto.pid"
        disown
        for _ in $(seq 300); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
                MOTO_URL=http://127.0.0.1:$port
                return 0
            fi
            # A taken port ends it, and another port is the cure.
            kill -0 "$(cat "$1/moto.pid")" 2>/dev/null || break
            sleep 0.1
        done
        moto_stop "$1"
    done
    echo "The emulated AWS did not start:" >&2
    cat "$1/moto.log" >&2
    return 1
}

moto_stop() {
    local pid
    if pid=$(cat "$1/moto.pid" 2>/dev/null) && [ -n "$pid" ]; then
        kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
        rm -f "$1/moto.pid"
    fi
}
