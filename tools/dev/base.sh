# SPDX-License-Identifier: MIT
#
# What all verbs share: telling, rights, and where state lives.
#
# State is everything under .run: the cluster, keys, mail, logs, sockets,
# pid files, the Python tools.  Three kinds of users touch it:
#
#     who              started by root        started by anyone else
#     ./dev, nginx's   root                   that user
#       master
#     PostgreSQL       postgres               that user
#     Temporal, the    www-data               that user
#       worker, nginx's
#       workers
#
# .run itself can be entered by all; each folder in it belongs to whom it
# serves, and the cluster and the keys can be read by nobody else.  Sockets
# are guarded twice: by their folder, and PostgreSQL also asks the kernel
# who calls (peer) and maps that user to the one role it may take.

if [[ $EUID -eq 0 ]]; then
    postgres_user=postgres
    service_user=www-data
else
    postgres_user=$(id -un)
    service_user=$postgres_user
fi

port=${OAUTH2_PORT:-8000}
frontend_port=${OAUTH2_FRONTEND_PORT:-3000}
temporal_port=${OAUTH2_TEMPORAL_PORT:-7233}
ui_port=${OAUTH2_TEMPORAL_UI_PORT:-8081}
run=


say() {
    printf '%s\n' "$*"
}


fail() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}


# nginx's configure splits its arguments at blanks; sed and make have their
# own opinions about the rest.
check_place() {
    [[ $top =~ ^[A-Za-z0-9._/+@=-]+$ ]] ||
        fail "\"$top\" has a character that nginx's configure cannot take:" \
            "move the checkout to a path of letters, digits and ._+@=-"
    local value
    for value in "$port" "$frontend_port" "$temporal_port" "$ui_port"; do
        [[ $value =~ ^[0-9]+$ ]] && ((value > 0 && value < 65536)) ||
            fail "\"$value\" is no port: see OAUTH2_*PORT in ./dev help"
    done
}


# Runs a command as a user.  setpriv becomes the command, so that a pid
# taken here is the command's own.
as_user() {
    local user=$1
    shift
    if [[ $user == "$(id -un)" ]]; then
        "$@"
    else
        setpriv --reuid="$user" --regid="$user" --init-groups -- \
            env HOME=/nonexistent USER="$user" "$@"
    fi
}


exec_as() {
    local user=$1
    shift
    [[ $user != "$(id -un)" ]] || exec "$@"
    exec setpriv --reuid="$user" --regid="$user" --init-groups -- \
        env HOME=/nonexistent USER="$user" "$@"
}


# Does .run stand where the services can reach it, with a path that leaves
# room for the name of a unix socket (107 bytes)?
state_fits() {
    ((${#1} <= 72)) && [[ $1 =~ ^[A-Za-z0-9._/+@=-]+$ ]] &&
        as_user "$service_user" test -x "$1" &&
        as_user "$postgres_user" test -x "$1"
}


find_state() {
    [[ -d $top/.run ]] || return 1
    run=$(cd -P "$top/.run" && pwd)
    [[ -w $run ]] || fail "$run belongs to $(stat -c %U "$run"): run ./dev" \
        "as that user"
}


# Makes .run.  Where the services cannot reach the checkout (below a closed
# home, say) or its path is too long, .run is a link to a folder that fits.
prepare_state() {
    local other

    if [[ -L $top/.run ]]; then
        mkdir -p "$(readlink "$top/.run")"
    elif [[ ! -d $top/.run ]]; then
        mkdir "$top/.run" || fail "cannot write to $top"
        chmod 755 "$top/.run"
        if ! state_fits "$top/.run"; then
            rmdir "$top/.run"
            if [[ $EUID -eq 0 ]]; then
                other=/var/lib/oauth2-dev
            else
                other=${XDG_STATE_HOME:-$HOME/.local/state}/oauth2-dev
            fi
            other+=/$(printf %s "$top" | cksum | cut -d' ' -f1)
            mkdir -p "$other" && chmod 755 "$other"
            ln -s "$other" "$top/.run"
            say "state is kept in $other: the services cannot use a folder" \
                "of this checkout"
        fi
    fi
    find_state
    state_fits "$run" || fail "the services cannot use $run: its path is" \
        "too long, or closed to $service_user"
    mkdir -p "$run/pids" "$run/logs"
}


# Everything but the Python tools, which are no data.
forget_state() {
    find "$run" -mindepth 1 -maxdepth 1 ! -name 'venv*' ! -name lock \
        -exec rm -rf {} +
    say "forgotten: accounts, mail, keys, workflows, logs"
}


# One ./dev at a time changes what runs.
take_turn() {
    exec 9<"$top/dev"
    flock -n 9 || fail "another ./dev is at work in this checkout"
}


# Builds quietly when there is nothing to say.
build() {
    local log
    make -j"$(nproc)" "$@" 9<&- || fail "the build failed: see above"
}
