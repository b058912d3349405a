# The stored descriptions of the checked queries, for scripts that source this file.
#
#   queries_describe DIR   has the query macros of the library describe every query against a migrated throwaway database
#                          (started by postgres_start), into DIR
#
# The macros write what they learn into SQLX_OFFLINE_DIR when they have a database. They only run when the library is
# compiled, and cargo does not know that they depend on these variables; the changing --cfg makes it compile anew.

queries_describe() {
    local database=queries_$$
    mkdir -p "$1"
    postgres_migrate "$database" || return
    run env SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$1" DATABASE_URL="${PGURL%/*}/$database" \
        cargo rustc --quiet --package timeoff --lib --profile check -- --cfg "describe_queries=\"$$-$RANDOM\""
}
