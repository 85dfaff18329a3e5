# SPDX-License-Identifier: MIT
#
# PostgreSQL, Temporal, the worker, nginx: how each is set up, started,
# asked for its health and stopped.
#
# A service that runs is left alone unless what it was started with has
# changed: its "print" is a checksum over its files and its command.

services=(postgres temporal worker nginx)

worker_binary=build/oauth2-worker
module=build/module/ngx_http_oauth2_module.so


print_of() {
    { printf '%s\n' "$@"; cat -- "$@" 2>/dev/null || true; } | cksum
}


# Runs, and runs what it should.
is_current() {
    is_running "$1" && [[ $2 == "$(cat "$run/pids/$1.print" 2>/dev/null)" ]]
}


# own_folder <folder> <user> <mode> [<group>]
own_folder() {
    mkdir -p "$1"
    chmod "$3" "$1"
    [[ $EUID -ne 0 ]] || chown "$2:${4-}" "$1"
}


# Writes a file where it differs, before anyone else can read it.
# write_file <file> <user> <mode>, the text is read
write_file() {
    local new=$1.new
    (umask 077 && cat >"$new")
    chmod "$3" "$new"
    [[ $EUID -ne 0 ]] || chown "$2:" "$new"
    if cmp -s "$new" "$1"; then
        rm "$new"
    else
        mv "$new" "$1"
    fi
}


# Fills a template: @NAME@ becomes a value.  fill <template> NAME=value...
fill() {
    local template=$1 pair value script=()
    shift
    for pair in "$@"; do
        value=$(printf %s "${pair#*=}" | sed 's/[\\|&]/\\&/g')
        script+=(-e "s|@${pair%%=*}@|$value|g")
    done
    sed "${script[@]}" "$template"
}


make_keys() {
    local keys=$run/keys

    own_folder "$keys" "$service_user" 700
    [[ -s $keys/token.key ]] ||
        openssl rand -hex 32 | write_file "$keys/token.key" "$service_user" 600
}


# PostgreSQL

postgres_bin() {
    local version='*'
    [[ ! -e $run/pg/PG_VERSION ]] || version=$(cat "$run/pg/PG_VERSION")
    # shellcheck disable=SC2086
    printf '%s\n' /usr/lib/postgresql/$version/bin | sort -V | tail -n 1
}


admin_psql() {
    psql -X -q -v ON_ERROR_STOP=1 -d "$admin_conninfo dbname=postgres" "$@"
}


# The cluster listens on a unix socket only, asks the kernel who calls, and
# lets the services be oauth2_app and nothing else.
make_cluster() {
    local bin
    bin=$(postgres_bin)
    [[ -x $bin/initdb ]] || fail "no PostgreSQL in $bin: the cluster in" \
        ".run/pg is of that version; install it, or ./dev reset"

    own_folder "$run/socket" "$postgres_user" 750 "$service_group"
    if [[ ! -e $run/pg/postgresql.conf ]]; then
        rm -rf "$run/pg"
        own_folder "$run/pg" "$postgres_user" 700
        (cd "$run/pg" && as_user "$postgres_user" "$bin/initdb" \
            --pgdata="$run/pg" --username=postgres --auth=peer \
            --locale=C.UTF-8 --encoding=UTF8 >"$run/logs/initdb.log" 2>&1) ||
            { rm -rf "$run/pg"; tail -n 3 "$run/logs/initdb.log" >&2
              fail "initdb failed: $run/logs/initdb.log"; }
    fi
    write_file "$run/pg/pg_hba.conf" "$postgres_user" 600 <<CONF
local  all  all  peer  map=dev
CONF
    write_file "$run/pg/pg_ident.conf" "$postgres_user" 600 < <(
        printf 'dev %s postgres\n' "$(id -un)" "$postgres_user" | sort -u
        printf 'dev %s oauth2_app\n' "$service_user")
}


postgres_healthy() {
    admin_psql -c 'select 1'
}


up_postgres() {
    local bin print command
    make_cluster
    bin=$(postgres_bin)
    command=("$bin/postgres" -D "$run/pg" -c listen_addresses=
        -c "unix_socket_directories=$run/socket" -c log_destination=stderr
        -c log_checkpoints=off -c "log_line_prefix=%m [%p] %u ")
    print=$(print_of "${command[*]}" "$run/pg/pg_hba.conf" \
        "$run/pg/pg_ident.conf")
    if ! is_current postgres "$print"; then
        halt postgres INT 20
        cd "$run/pg"
        launch postgres "$postgres_user" "${command[@]}"
        cd "$top"
        await_health postgres 30 postgres_healthy
        echo "$print" >"$run/pids/postgres.print"
        say "PostgreSQL started"
    fi
}


# up_database <name>: is there, with the schema of today.
up_database() {
    local exists log=$run/logs/migrate.log
    exists=$(admin_psql -At \
        -c "select 1 from pg_database where datname = '$1'")
    [[ -n $exists ]] || admin_psql -c "create database $1"
    sql/migrate "$admin_conninfo dbname=$1" >>"$log" 2>&1 ||
        { tail -n 5 "$log" >&2; fail "the schema could not be migrated: $log"; }
}


# The demo client, by the seed's variables.
seed_client() {
    local digest uris

    digest=$(printf %s "${OAUTH2_CLIENT_SECRET:-oauth2-client-secret}" |
        sha256sum)
    uris=$(printf '%s\n' "http://localhost:$frontend_port/callback" \
        http://127.0.0.1/callback \
        "${OAUTH2_REDIRECT_URI:-http://localhost:3000/callback}" |
        sort -u | sed 's/.*/"&"/' | paste -sd,)
    psql -X -q -v ON_ERROR_STOP=1 -d "$admin_conninfo dbname=oauth2" \
        -v "client_id=${OAUTH2_CLIENT_ID:-oauth2-client}" \
        -v "secret_digest=${digest%% *}" -v "name=Demo application" \
        -v "redirect_uris=[$uris]" -f sql/seed_demo.sql
}


# Temporal

temporal_healthy() {
    "$run/venv/bin/temporal" operator namespace describe \
        --address "127.0.0.1:$temporal_port" -n default
}


# The dynamic configuration makes the dev server take each step at once
# rather than at its next look; with WAL the file is no bottleneck.
start_temporal() {
    local command print
    command=("$run/venv/bin/temporal" server start-dev
        --ip 127.0.0.1 --port "$temporal_port" --ui-port "$ui_port"
        --ui-codec-endpoint "http://localhost:$port/temporal/codec"
        --db-filename "$run/temporal/temporal.db" --log-level warn
        --sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=NORMAL
        --dynamic-config-value history.transferProcessorMaxPollRPS=5000
        --dynamic-config-value matching.numTaskqueueReadPartitions=1
        --dynamic-config-value matching.numTaskqueueWritePartitions=1
        --dynamic-config-value frontend.enableCancelWorkerPollsOnShutdown=true)
    print=$(printf '%s\n' "${command[@]}" | cksum)
    is_current temporal "$print" && return
    halt temporal TERM 10
    need_port "$temporal_port" OAUTH2_TEMPORAL_PORT
    need_port "$ui_port" OAUTH2_TEMPORAL_UI_PORT
    own_folder "$run/temporal" "$service_user" 700
    launch temporal "$service_user" "${command[@]}"
    echo "$print" >"$run/pids/temporal.print"
}


await_temporal() {
    [[ " ${started[*]-} " == *" temporal "* ]] || return 0
    await_health temporal 60 temporal_healthy
    say "Temporal started"
}


# Where a service's user cannot read the checkout, it gets a copy.
readable() {
    local file=$1 copy=$run/copies/${1##*/}
    if as_user "$service_user" test -r "$top/$file"; then
        echo "$top/$file"
    else
        mkdir -p "$run/copies"
        rm -rf "$copy.new"
        cp -r "$top/$file" "$copy.new"
        rm -rf "$copy"
        mv "$copy.new" "$copy"
        echo "$copy"
    fi
}


# Mail: the seed's variables, or a folder.  Port 587 means STARTTLS, 465 TLS
# from the beginning; any other port is a server for trying things out.
mail_from=${SMTP_FROM:-OAuth2 demo <oauth2@localhost>}
smtp_starttls=off
[[ ${SMTP_PORT:-587} != 587 ]] || smtp_starttls=on

smtp_url() {
    local smtp_port=${SMTP_PORT:-587}
    case $smtp_port in
    465) echo "smtps://$SMTP_SERVER:465" ;;
    *) echo "smtp://$SMTP_SERVER:$smtp_port" ;;
    esac
}


worker_mail() {
    local password=$run/keys/smtp_password

    if [[ -z ${SMTP_SERVER-} ]]; then
        echo "mail_folder = $run/mail"
        return
    fi
    echo "smtp_url = $(smtp_url)"
    echo "smtp_starttls = $smtp_starttls"
    if [[ -n ${SMTP_USERNAME-} ]]; then
        printf %s "${SMTP_PASSWORD-}" |
            write_file "$password" "$service_user" 600
        echo "smtp_user = $SMTP_USERNAME"
        echo "smtp_password_file = $password"
    fi
}


worker_healthy() {
    curl -sf -m 2 --unix-socket "$run/worker/worker.sock" \
        http://worker/status | grep -q '"temporal_connected": *true'
}


up_worker() {
    local binary print conf=$run/worker/worker.conf

    own_folder "$run/worker" "$service_user" 700
    own_folder "$run/mail" "$service_user" 700
    binary=$(readable "$worker_binary")
    { fill conf/worker.conf.in "RUN=$run" "TEMPORAL_PORT=$temporal_port" \
          "FRONTEND_URL=http://localhost:$frontend_port" \
          "MAIL_FROM=$mail_from"
      worker_mail
    } | write_file "$conf" "$service_user" 600
    print=$(print_of "$binary" "$conf" "$run/keys/token.key")
    is_current worker "$print" && return
    halt worker TERM 15
    launch worker "$service_user" "$binary" -c "$conf"
    await_health worker 20 worker_healthy
    echo "$print" >"$run/pids/worker.print"
    say "the worker started"
}


# nginx

nginx_healthy() {
    curl -sf -m 3 -o /dev/null "http://127.0.0.1:$port/health" &&
        curl -sf -m 3 -o /dev/null "http://127.0.0.1:$frontend_port/"
}


nginx_conf() {
    local user= six="# " pages

    [[ $EUID -ne 0 ]] || user="user $service_user $service_group;"
    ! grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || six=
    pages=$(readable build/html)
    fill conf/dev.conf.in "RUN=$run" "USER=$user" "IPV6=$six" \
        "TOP=$top" "MODULE=$top/$module" "PAGES=$pages" "PORT=$port" \
        "UI_PORT=$ui_port" "FRONTEND_PORT=$frontend_port" "MAIL_FROM=$mail_from" \
        "MAIL=$(nginx_mail)"
}


nginx_mail() {
    if [[ -z ${SMTP_SERVER-} ]]; then
        echo "oauth2_mail_folder $run/mail;"
        return
    fi
    printf 'oauth2_smtp %s' "$(smtp_url)"
    [[ -z ${SMTP_USERNAME-} ]] ||
        printf ' user=%s password_file=%s' "$SMTP_USERNAME" \
            "$run/keys/smtp_password"
    echo " starttls=$smtp_starttls;"
}


up_nginx() {
    local print conf=$run/nginx/nginx.conf command

    own_folder "$run/nginx" "$(id -un)" 755
    nginx_conf | write_file "$conf" "$(id -un)" 644
    command=(/usr/sbin/nginx -p "$run/nginx/" -c "$conf"
        -e "$run/logs/nginx.log")
    print=$(print_of "${command[*]}" "$conf" "$module" "$run"/keys/*)
    is_current nginx "$print" && nginx_healthy && return
    "${command[@]}" -t -q || fail "nginx refuses its configuration: see above"
    halt nginx QUIT 10
    need_port "$port" OAUTH2_PORT
    need_port "$frontend_port" OAUTH2_FRONTEND_PORT
    launch nginx "$(id -un)" "${command[@]}" -g 'daemon off;'
    await_health nginx 20 nginx_healthy
    echo "$print" >"$run/pids/nginx.print"
    say "nginx started"
}


# All of them

need_ports() {
    is_running temporal || {
        need_port "$temporal_port" OAUTH2_TEMPORAL_PORT
        need_port "$ui_port" OAUTH2_TEMPORAL_UI_PORT
    }
    is_running nginx || {
        need_port "$port" OAUTH2_PORT
        need_port "$frontend_port" OAUTH2_FRONTEND_PORT
    }
}


# On a failure, what this run has started goes again.
undo() {
    local status=$? i
    trap - EXIT
    if ((status != 0)); then
        for ((i = ${#started[@]} - 1; i >= 0; i--)); do
            halt "${started[i]}" TERM 10 >&2
        done
    fi
    exit "$status"
}


services_up() {
    service_group=$(id -gn "$service_user")
    admin_conninfo="host=$run/socket user=postgres"
    need_ports
    trap undo EXIT
    trap 'exit 130' INT TERM
    make_keys
    start_temporal
    up_postgres
    up_database oauth2
    seed_client
    await_temporal
    up_worker
    up_nginx
    trap - EXIT
    echo "$port $frontend_port $temporal_port $ui_port" >"$run/ports"
    addresses
}


addresses() {
    local mail="in $run/mail"
    [[ -z ${SMTP_SERVER-} ]] || mail="through $SMTP_SERVER"
    cat <<TEXT

  http://localhost:$frontend_port   the pages
  http://localhost:$port   the API
  http://localhost:$ui_port   the workflows
  mail goes $mail (./dev logs worker shows links)
TEXT
}


services_down() {
    halt conformance QUIT 10
    halt nginx QUIT 10
    halt worker TERM 15
    halt temporal TERM 10
    halt postgres INT 20
}


services_status() {
    local name pid health all=0
    admin_conninfo="host=$run/socket user=postgres"
    [[ ! -e $run/ports ]] ||
        read -r port frontend_port temporal_port ui_port <"$run/ports"
    if is_running conformance; then
        read -r conformance_port conformance_host <"$run/conformance/address"
        services+=(conformance)
    fi
    for name in "${services[@]}"; do
        if ! pid=$(running_pid "$name"); then
            health=stopped
            all=1
        elif "${name}_healthy" >/dev/null 2>&1; then
            health=healthy
        else
            health=unhealthy
            all=1
        fi
        printf '%-10s %-10s %s\n' "$name" "$health" "${pid:+pid $pid}"
    done
    return "$all"
}


# show_logs [-f] [name]...
show_logs() {
    local follow=() files=() name
    if [[ ${1-} == -f ]]; then
        follow=(-F)
        shift
    fi
    [[ $# -gt 0 ]] || set -- "${services[@]}"
    for name in "$@"; do
        [[ -e $run/logs/$name.log ]] || fail "no log of \"$name\":" \
            "$(cd "$run/logs" && echo *)"
        files+=("$run/logs/$name.log")
    done
    exec tail -n 40 "${follow[@]}" "${files[@]}"
}
