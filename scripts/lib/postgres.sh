# A throwaway PostgreSQL, for scripts that source this file.
#
#   postgres_start DIR   starts one whose files are in DIR/postgres, and sets PGBIN, PGPORT and PGURL
#   postgres_stop DIR    stops it
#
# It listens on a free port of 127.0.0.1, trusts everyone there, and cares for speed and not for its data. It refuses to
# run as root, so root starts it as the user `postgres`.

# Runs a command as the user that may run PostgreSQL.
postgres_as() {
    if [ "$(id -u)" = 0 ]; then
        # The current folder may be closed to that user.
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# The newest server's programs, version 15 or later, or nothing.
postgres_bin() {
    local bin version newest=0
    for bin in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$bin")")
        if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && [ "$version" -ge 15 ] 2>/dev/null &&
            [ "$version" -gt "$newest" ]; then
            newest=$version
        fi
    done
    [ "$newest" = 0 ] || echo "/usr/lib/postgresql/$newest/bin"
}

postgres_start() {
    local home=$1/postgres
    PGBIN=$(postgres_bin)
    if [ -z "$PGBIN" ]; then
        echo "PostgreSQL 15 or later is missing; its Debian package is: postgresql" >&2
        return 1
    fi
    mkdir -p "$home"
    if [ "$(id -u)" = 0 ]; then
        # It works under its own user, who must be able to reach its folder.
        chmod a+x "$1"
        chown postgres: "$home"
    fi
    if ! postgres_as "$PGBIN/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions >"$1/initdb.log" 2>&1; then
        cat "$1/initdb.log" >&2
        return 1
    fi
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        # Below the range from which the system lends ports to outgoing connections.
        PGPORT=$((10000 + RANDOM % 20000))
        if postgres_as "$PGBIN/pg_ctl" start -D "$home/data" -s -w -t 60 -l "$home/log" -o \
            "-p $PGPORT -k $home -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off \
            -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0" \
            >/dev/null 2>&1 </dev/null; then
            PGURL=postgres://postgres@127.0.0.1:$PGPORT/postgres
            return 0
        fi
        # A taken port is one reason, and another port the cure.
        grep -q "could not bind" "$home/log" 2>/dev/null || break
        rm -f "$home/log"
    done
    echo "The throwaway PostgreSQL did not start:" >&2
    cat "$home/log" >&2
    return 1
}

postgres_stop() {
    local home=$1/postgres
    if [ -f "$home/data/postmaster.pid" ]; then
        postgres_as "$(postgres_bin)/pg_ctl" stop -D "$home/data" -s -m immediate -t 20 >/dev/null 2>&1 || true
    fi
}

# postgres_migrate DATABASE: makes a database with the schema of migrations/.
postgres_migrate() {
    local file
    "$PGBIN/psql" -q "$PGURL" -c "CREATE DATABASE $1" || return
    for file in migrations/*.sql; do
        "$PGBIN/psql" -q -v ON_ERROR_STOP=1 --single-transaction "${PGURL%/*}/$1" -f "$file" || return
    done
}
