#!/bin/sh
# Looks for bytes for which a property does not hold, for so many seconds each: run.sh SECONDS PROPERTY…
# What it learns stays in target/fuzz/learnt/. With KEEP=1 what adds anything goes into tests/fuzz/corpus/, which every run
# of the tests tries again.
set -eu
cd "$(dirname "$0")/../.."
seconds=$1
shift

# The compiler's instrumentation is not stable; nothing else of a nightly compiler is used.
export RUSTC_BOOTSTRAP=1
PATH=$PWD/.tools/cargo/bin:$PATH
cargo fuzz build --fuzz-dir tests/fuzz --sanitizer none --target-dir target/fuzz
fuzzer=$(find target/fuzz -path '*/release/parsers' -type f | head -n 1)

# Bytes of one input: long ones say little that short ones do not.
length=4096
mkdir -p target/fuzz/found
for property in "$@"; do
    learnt=target/fuzz/learnt/$property
    kept=tests/fuzz/corpus/$property
    mkdir -p "$learnt"
    echo "fuzzing: $property for $seconds s"
    PROPERTY=$property "$fuzzer" -max_total_time="$seconds" -max_len="$length" -timeout=10 -rss_limit_mb=2048 \
        -verbosity=0 -print_final_stats=1 -artifact_prefix="target/fuzz/found/$property-" "$learnt" "$kept" || {
        echo "fuzzing: $property does not hold. Mend it, and put the input from target/fuzz/found/ into $kept/" >&2
        exit 1
    }
    if [ "${KEEP:-}" = 1 ]; then
        # One input for each place in the code is enough; how often it is passed is not worth a file.
        PROPERTY=$property "$fuzzer" -set_cover_merge=1 -use_counters=0 -max_len="$length" -verbosity=0 "$kept" "$learnt"
    fi
done
