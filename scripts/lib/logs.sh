# Search of the logs that tests leave behind, for scripts that source this file.
#
#   logs_search FOLDER   fails, and says where, if a log (*.log) holds what no log may hold: what its own test
#                        noted beside it (*.planted: secrets in use, what people wrote), or what looks like a secret
#   logs_search_works FOLDER
#                        fails unless the search finds each of these things when it is there, and nothing else

# What is secret wherever it comes from.
LOGS_SECRET='xox[abeprs]-[A-Za-z0-9]|xapp-[A-Za-z0-9]|-----BEGIN|PRIVATE KEY|eyJ[A-Za-z0-9_-]{10,}\.eyJ'
LOGS_SECRET+='|[Aa]uthorization"?\\?"?(:|=|: Some\() *\\?"?[A-Za-z]|[Bb]earer +[A-Za-z0-9._~+/-]{8,}|[Bb]asic +[A-Za-z0-9+/]{12,}'
LOGS_SECRET+='|[a-z]://[^/@ "]*:[^/@ "]+@'

logs_search() {
    local folder=$1 log planted found=0
    for log in "$folder"/*.log; do
        [ -e "$log" ] || { echo "no test has left a log in $folder" >&2; return 1; }
        planted=${log%.log}.planted
        if [ -s "$planted" ] && grep -nF -f "$planted" -- "$log" >"$folder/found"; then
            logs_report "$log" "what the test had noted" "$folder/found"
            found=1
        fi
        if grep -nE -- "$LOGS_SECRET" "$log" >"$folder/found"; then
            logs_report "$log" "what looks like a secret" "$folder/found"
            found=1
        fi
    done
    rm -f "$folder/found"
    return "$found"
}

logs_report() {
    printf '%s holds %s:\n' "${1##*/}" "$2"
    head -3 "$3" | cut -c -600
}

logs_search_works() {
    local folder=$1 line kept='{"level":"INFO","message":"job done","workspace":"T1"}'
    mkdir -p "$folder"
    printf '%s\n' 'PLANTED reason of a person' 'c1a0-planted' >"$folder/sample.planted"
    echo "$kept" >"$folder/sample.log"
    logs_search "$folder" || { echo "the search of the logs finds what is not there" >&2; return 1; }
    while IFS= read -r line; do
        printf '%s\n%s\n' "$kept" "$line" >"$folder/sample.log"
        if logs_search "$folder" >/dev/null; then
            echo "the search of the logs does not find: $line" >&2
            return 1
        fi
    done <<'LINES'
{"message":"saved","reason":"PLANTED reason of a person, and more"}
{"message":"checked","secret":"c1a0-planted"}
{"message":"sent with xoxb-1-2-abc"}
{"message":"sent with xoxp-1-2-abc"}
{"message":"sent with xapp-1-A"}
{"message":"-----BEGIN RSA PRIVATE KEY-----"}
{"message":"signed eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"}
{"message":"headers","authorization":"Bearer x"}
{"headers":"{\"authorization\": \"Basic x\"}"}
{"message":"sent Bearer abc.def-ghi"}
{"message":"connecting to postgres://timeoff:hunter2@db/timeoff"}
LINES
    rm -r "$folder"
}
