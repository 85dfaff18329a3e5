# SPDX-License-Identifier: MIT
#
# ./dev test: everything, in stages; pytest is the last and has the last
# word.  A stage that failed is told to pytest, which says so in its
# summary and fails as well.


stage() {
    local name=$1
    shift
    say "== $name"
    if ! "$@"; then
        say "== $name FAILED"
        OAUTH2_FAILED_STAGES+="${OAUTH2_FAILED_STAGES:+ }$name"
    fi
}


run_tests() {
    local jobs

    # the whole matrix; all other runs take the part of it marked smoke
    if [[ ${1:-} == faults ]]; then
        shift
        set -- t/faults "$@"
        export OAUTH2_FAULT_MATRIX=all
    fi

    need_packages "${runtime_packages[@]}" "${test_packages[@]}"
    prepare_state
    need_venv
    make_venv "$run/venv-test" t/requirements.txt
    build all interop
    [[ $# -gt 0 && "$*" != *--flavour* ]] || build nginx-asan
    [[ $# -gt 0 && "$*" != *faults* ]] || build faults

    export OAUTH2_FAILED_STAGES=
    if [[ $# -eq 0 ]]; then
        stage check make check
        stage unit make unit
        stage fuzz-smoke make fuzz-smoke
        stage pages-test make pages-test
        set -- --flavour=both
    fi
    jobs=$(nproc)
    jobs=$((jobs < 2 ? 2 : jobs > 4 ? 4 : jobs))
    export OAUTH2_TEMPORAL=$run/venv/bin/temporal
    export PATH=$run/venv/bin:$PATH
    exec "$run/venv-test/bin/python" -m pytest -n "$jobs" "$@" </dev/null
}


# With what the tests have, and servers of its own.
run_bench() {
    need_packages "${runtime_packages[@]}"
    prepare_state
    need_venv
    make_venv "$run/venv-test" t/requirements.txt
    build module worker
    export PATH=$run/venv/bin:$PATH
    "$run/venv-test/bin/python" tools/bench "$@" </dev/null
}
