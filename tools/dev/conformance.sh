# SPDX-License-Identifier: MIT
#
# ./dev conformance: a server of its own for the OpenID Foundation's
# conformance suite, beside that of ./dev up: TLS by an authority of its own,
# a database of its own, no worker.  docs/conformance.md says how to go on.

conformance_users=(alice bob)
conformance_password=conformance-password


check_conformance() {
    [[ $conformance_port =~ ^[0-9]+$ ]] &&
        ((conformance_port > 0 && conformance_port < 65535)) ||
        fail "\"$conformance_port\" is no port with another one behind it"
    [[ $conformance_host =~ ^[a-z0-9.-]+$ ]] ||
        fail "\"$conformance_host\" is no host name"
    [[ $conformance_suite =~ ^https://[A-Za-z0-9.:-]+$ ]] ||
        fail "\"$conformance_suite\" is not where a suite is: https://..."
}


conformance_files() {
    local folder=$run/conformance

    own_folder "$folder" "$service_user" 755
    own_folder "$folder/mail" "$service_user" 700
    conformance_certificate "$folder"
    conformance_suite_certificate
    [[ -s $folder/token.key ]] ||
        openssl rand -hex 32 |
        write_file "$folder/token.key" "$service_user" 600
}


# An authority that signs one certificate, for the host at hand.
conformance_certificate() {
    local folder=$1 names=DNS:localhost,IP:127.0.0.1,IP:::1

    [[ ! -s $folder/server.pem || $conformance_host != \
        "$(cat "$folder/host" 2>/dev/null)" ]] || return 0
    [[ $conformance_host == localhost ]] || names+=,DNS:$conformance_host
    (
        umask 077
        cd "$folder"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -days 365 -subj "/CN=Conformance test authority" \
            -keyout ca.key -out ca.pem 2>/dev/null
        openssl req -newkey rsa:2048 -nodes -subj "/CN=$conformance_host" \
            -keyout server.key -out server.csr 2>/dev/null
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key \
            -CAcreateserial -days 365 -out server.pem 2>/dev/null \
            -extfile <(printf 'subjectAltName=%s\n' "$names")
        chmod 644 ca.pem server.pem
        rm -f server.csr
        printf '%s\n' "$conformance_host" >host
    )
}


# A suite of one's own has a certificate that nobody has signed: the one that
# it shows now is trusted.  Without one, the authority of our own.
conformance_suite_certificate() {
    local address=${conformance_suite#https://} shown
    [[ $address == *:* ]] || address+=:443
    shown=$(timeout 5 openssl s_client -connect "$address" \
        -servername "${address%:*}" </dev/null 2>/dev/null |
        openssl x509 2>/dev/null) || shown=$(cat "$run/conformance/ca.pem")
    printf '%s\n' "$shown" |
        write_file "$run/conformance/suite.pem" "$service_user" 644
}


# What a name means outside of this machine is for its owner to say: for any
# host but localhost the server listens on every address.
conformance_conf() {
    local user= address=0.0.0.0

    [[ $EUID -ne 0 ]] || user="user $service_user $service_group;"
    [[ $conformance_host != localhost ]] || address=127.0.0.1
    fill conf/conformance.conf.in "RUN=$run" "USER=$user" "TOP=$top" \
        "MODULE=$top/$module" "PAGES=$(readable build/html)" \
        "HOST=$conformance_host" "PORT=$conformance_port" \
        "MTLS_PORT=$((conformance_port + 1))" "ADDRESS=$address" \
        "DATABASE=$1"
}


# The suite's own configuration, to be given to it as it is.
conformance_json() {
    fill conf/conformance.json.in "HOST=$conformance_host" \
        "PORT=$conformance_port" "PASSWORD=$conformance_password" \
        "SUITE=$conformance_suite"
}


conformance_healthy() {
    curl -sf -m 3 -o /dev/null --cacert "$run/conformance/ca.pem" \
        "https://localhost:$conformance_port/.well-known/openid-configuration"
}


up_conformance() {
    local print conf=$run/conformance/nginx.conf command

    conformance_conf "host=$run/socket user=oauth2_app dbname=oauth2_conformance" |
        write_file "$conf" "$(id -un)" 644
    command=(/usr/sbin/nginx -p "$run/conformance/" -c "$conf"
        -e "$run/logs/conformance.log")
    print=$(print_of "${command[*]}" "$conf" "$module" \
        "$run"/conformance/*.{pem,key})
    is_current conformance "$print" && conformance_healthy && return
    "${command[@]}" -t -q || fail "nginx refuses its configuration: see above"
    halt conformance QUIT 10
    need_port "$conformance_port" "another port behind ./dev conformance"
    need_port $((conformance_port + 1)) "another port behind ./dev conformance"
    launch conformance "$(id -un)" "${command[@]}" -g 'daemon off;'
    await_health conformance 20 conformance_healthy
    echo "$print" >"$run/pids/conformance.print"
}


# conformance_people <conninfo of the owner>: makes those who are not there.
conformance_people() {
    local name
    for name in "${conformance_users[@]}"; do
        build/oauth2ctl --database "$1" user show "$name@example.com" \
            >/dev/null 2>&1 ||
            printf '%s\n' "$conformance_password" |
            build/oauth2ctl --database "$1" user create "$name@example.com" \
                --username "$name" --first-name "${name^}" \
                --last-name Example >/dev/null
    done
}


conformance_up() {
    local owner
    service_group=$(id -gn "$service_user")
    admin_conninfo="host=$run/socket user=postgres"
    owner="$admin_conninfo dbname=oauth2_conformance"
    trap undo EXIT
    trap 'exit 130' INT TERM
    make_keys
    conformance_files
    up_postgres
    up_database oauth2_conformance
    conformance_people "$owner"
    conformance_json |
        write_file "$run/conformance/suite.json" "$(id -un)" 644
    up_conformance
    trap - EXIT
    echo "$conformance_port $conformance_host" >"$run/conformance/address"
    conformance_addresses
}


conformance_addresses() {
    local issuer=https://$conformance_host:$conformance_port name
    cat <<TEXT

  $issuer/.well-known/openid-configuration
  with a client's certificate: port $((conformance_port + 1))
  the authority of its certificate: $run/conformance/ca.pem
  the suite's configuration: $run/conformance/suite.json
TEXT
    for name in "${conformance_users[@]}"; do
        say "  user $name@example.com, password $conformance_password"
    done
    say "  docs/conformance.md says how the suite is pointed at it;" \
        "./dev down stops it"
}
