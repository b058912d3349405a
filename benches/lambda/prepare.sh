# What the bench of the functions measures, beside the database: scripts/bench sources this file.
#
# In TIMEOFF_BENCH_LAMBDA: floor/bootstrap, bolt/runtime (a Python with what Lambda's has), bolt/package, and each one's
# package as it is uploaded: floor.zip, timeoff.zip, bolt.zip.
. scripts/lib/aws-tools.sh
. scripts/lib/moto.sh

# Bolt for Python, and what Lambda's Python runtime has by itself.
lambda_bolt() {
    local from=benches/lambda/bolt home=$TIMEOFF_BENCH_LAMBDA/bolt
    # The lists are copied last, so a half-made environment is made again; so is one whose Python is gone.
    if ! cmp -s "$from/requirements.txt" "$home/requirements.txt" || ! cmp -s "$from/runtime.txt" "$home/runtime.txt" ||
        ! "$home/runtime/bin/python" -c 'import awslambdaric' 2>/dev/null; then
        echo "Installing Bolt for Python into $home"
        rm -rf "$home"
        mkdir -p "$home"
        run python3 -m venv "$home/runtime"
        run "$home/runtime/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$from/runtime.txt"
        run "$home/runtime/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
            --target "$home/package" --requirement "$from/requirements.txt"
        cp "$from/requirements.txt" "$from/runtime.txt" "$home"
    fi
    cp "$from/app.py" "$home/package"
    find "$home/package" -name __pycache__ -prune -exec rm -rf {} +
    lambda_package bolt "$home/package" .
    # Lambda cannot keep the bytecode that it makes; here it is made beforehand, in Bolt's favour.
    run python3 -m compileall -q "$home/package"
}

# lambda_package NAME FOLDER FILE: how large it is when it is uploaded.
lambda_package() {
    (cd "$2" && python3 -m zipfile -c "$TIMEOFF_BENCH_LAMBDA/$1.zip" "$3")
}

aws_tools
TIMEOFF_BENCH_LAMBDA=$(realpath "${CARGO_TARGET_DIR:-target}")/lambda-bench
mkdir -p "$TIMEOFF_BENCH_LAMBDA"
if [ -z "${TIMEOFF_LAMBDA_BINARIES:-}" ]; then
    case $(uname -m) in
    aarch64 | arm64) run scripts/build arm64 ;;
    *) run scripts/build x86_64 ;;
    esac
    TIMEOFF_LAMBDA_BINARIES=$PWD/.aws-sam/build
fi
run env CARGO_TARGET_DIR="$TIMEOFF_BENCH_LAMBDA/build" cargo lambda build --release --locked --quiet \
    --manifest-path benches/lambda/floor/Cargo.toml --lambda-dir "$TIMEOFF_BENCH_LAMBDA"
lambda_package floor "$TIMEOFF_BENCH_LAMBDA/floor" bootstrap
lambda_package timeoff "$TIMEOFF_LAMBDA_BINARIES/ApiFunction" bootstrap
lambda_bolt
moto_start "$WORK"
export TIMEOFF_BENCH_LAMBDA TIMEOFF_LAMBDA_BINARIES TEST_AWS_ENDPOINT_URL=$MOTO_URL
