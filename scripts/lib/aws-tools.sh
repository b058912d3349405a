# The tools of the AWS stack (sam, cargo lambda, zig, cfn-lint, moto, zizmor), for scripts that source this file and workplace.sh.
#
#   aws_tools          installs what infra/requirements.txt lists into a virtual environment that stays in target/, and
#                      puts it first in PATH; cargo-lambda finds zig through its python3
#   sam …              AWS SAM; `sam deploy` goes through the bucket and the role that infra/bootstrap.yaml made in the account,
#                      unless a bucket is named, and begins at the versions that CloudFormation knows (live.py)

aws_tools() {
    local wanted=infra/requirements.txt home=${CARGO_TARGET_DIR:-target}/aws-tools
    # The list is copied last, so a half-made environment is made again; so is one whose Python is gone.
    if ! cmp -s "$wanted" "$home/requirements.txt" || ! "$home/bin/python" -c 'import samcli' 2>/dev/null; then
        echo "Installing the AWS tools into $home (0.9 GB, once)"
        rm -rf "$home"
        mkdir -p "$(dirname "$home")"
        run python3 -m venv "$home"
        run "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
        cp "$wanted" "$home/requirements.txt"
    fi
    PATH=$(realpath "$home/bin"):$PATH
    # sam tells nobody how it was used.
    export PATH SAM_CLI_TELEMETRY=0
}

sam() {
    local account partition region status=0
    case " $* " in
    " deploy"*" --help "* | " deploy"*" --guided "* | " deploy"*" -g "*) ;;
    " deploy "*)
        # Their names hold the account's number, which samconfig.toml cannot know.
        account=$(python3 -c '
import os, boto3
session = boto3.session.Session(region_name=os.environ.get("AWS_REGION"))
who = session.client("sts").get_caller_identity()
print(who["Arn"].split(":")[1], who["Account"], session.region_name)') || {
            echo "AWS does not know who you are: see above. Log in, and say which region (AWS_REGION), then come back." >&2
            return 1
        }
        read -r partition account region <<<"$account"
        case " $* " in
        *" --s3-bucket"* | *" --resolve-s3 "*) ;;
        *)
            set -- "$@" --region "$region" --s3-bucket "timeoff-artifacts-$account-$region" \
                --role-arn "arn:$partition:iam::$account:role/timeoff-cloudformation"
            ;;
        esac
        python3 scripts/lib/live.py as-recorded "$WORK/live" "$@" || return
        command sam "$@" || status=$?
        python3 scripts/lib/live.py as-before "$WORK/live" "$@" || return
        return "$status"
        ;;
    esac
    # A database that .env names is not asked when the functions are built: the stored queries are those of the tests.
    SQLX_OFFLINE=true command sam "$@"
}
