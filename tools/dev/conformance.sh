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


# FAPI 2.0 is played with clients that the operator has registered: two for
# each way to bind tokens, with a key and a certificate each, and two that
# authenticate by their certificate as well (tls).
conformance_fapi() {
    local owner=$1 folder=$run/conformance bound number id method
    local back=$conformance_suite/test/a/ngx-http-oauth2-fapi/callback

    for number in 1 2; do
        conformance_client_keys "$folder/client$number"
    done
    for bound in dpop mtls tls; do
        method=private_key_jwt
        [[ $bound != tls ]] || method=self_signed_tls_client_auth
        for number in 1 2; do
            id=fapi-$bound-$number
            build/oauth2ctl --database "$owner" client delete "$id" \
                >/dev/null 2>&1 || true
            build/oauth2ctl --database "$owner" client create --id "$id" \
                --name "FAPI 2.0 $bound $number" --redirect-uri "$back" \
                --redirect-uri "$back?dummy1=lorem&dummy2=ipsum" \
                --grant authorization_code --grant refresh_token \
                --scope "openid profile email offline_access" \
                --auth-method "$method" --metadata \
                "$(conformance_fapi_metadata "$bound" \
                    "$folder/client$number")" >/dev/null
        done
        conformance_fapi_json "$bound" |
            write_file "$folder/suite-fapi-$bound.json" "$(id -un)" 600
    done
}


# conformance_client_keys <prefix>: a key as JWK sets, and a certificate.
conformance_client_keys() {
    [[ -s $1.jwks ]] || node -e '
        const { generateKeyPairSync } = require("node:crypto");
        const { privateKey } = generateKeyPairSync("ec",
            { namedCurve: "P-256" });
        const key = { ...privateKey.export({ format: "jwk" }),
            alg: "ES256", use: "sig", kid: process.argv[1] };
        const { d, ...open } = key;
        console.log(JSON.stringify({ keys: [key] }));
        console.error(JSON.stringify({ keys: [open] }));
        ' "${1##*/}" >"$1.jwks" 2>"$1.public.jwks"
    [[ -s $1.pem ]] ||
        openssl req -x509 -newkey rsa:2048 -nodes -days 365 \
            -subj "/CN=${1##*/}" -keyout "$1.key" -out "$1.pem" 2>/dev/null
    [[ -s $1.tls.jwks ]] || node -e '
        const { X509Certificate } = require("node:crypto");
        const pem = require("node:fs").readFileSync(process.argv[1]);
        const found = new X509Certificate(pem);
        const key = { ...found.publicKey.export({ format: "jwk" }),
            x5c: [found.raw.toString("base64")] };
        console.log(JSON.stringify({ keys: [key] }));
        ' "$1.pem" >"$1.tls.jwks"
    chmod 600 "$1.jwks" "$1.key"
}


conformance_fapi_metadata() {
    local member=dpop_bound_access_tokens keys=$2.public.jwks
    [[ $1 == dpop ]] || member=tls_client_certificate_bound_access_tokens
    [[ $1 != tls ]] || keys=$2.tls.jwks
    printf '{"fapi2": true, "%s": true, %s}' \
        "$member" "\"id_token_signed_response_alg\": \"PS256\", \"jwks\": $(
            cat "$keys")"
}


conformance_fapi_json() {
    local folder=$run/conformance number values=() port=$conformance_port
    [[ $1 == dpop ]] || port=$((conformance_port + 1))
    for number in 1 2; do
        values+=("JWKS$number=$(cat "$folder/client$number.jwks")"
            "CERT$number=$(one_line "$folder/client$number.pem")"
            "KEY$number=$(one_line "$folder/client$number.key")")
    done
    fill conf/conformance-fapi.json.in "BOUND=$1" "HOST=$conformance_host" \
        "PORT=$conformance_port" "RESOURCE_PORT=$port" \
        "PASSWORD=$conformance_password" "SUITE=$conformance_suite" \
        "${values[@]}"
}


# A file as a string of JSON has it.
one_line() {
    awk '{ printf "%s\\n", $0 }' "$1"
}


# With all its keys: the suite asks once for them, and then signs in at once.
conformance_healthy() {
    curl -sf -m 3 --cacert "$run/conformance/ca.pem" \
        "https://localhost:$conformance_port/.well-known/openid-configuration" |
        grep -q '"id_token_signing_alg_values_supported":\["RS256","PS256","ES256",'
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
                --last-name Example \
                --claims "$(conformance_claims "$name")" >/dev/null
    done
}


# conformance_claims <name>: all standard claims that a user can set.
conformance_claims() {
    cat <<END
{"middle_name": "M.", "nickname": "$1",
 "profile": "https://$1.example.com/", "website": "https://$1.example.com/",
 "picture": "https://$1.example.com/picture.png", "gender": "female",
 "birthdate": "1990-01-02", "zoneinfo": "Europe/Berlin", "locale": "en",
 "phone_number": "+4930123456",
 "address": {"formatted": "Main Street 1\\n10115 Berlin\\nGermany",
             "street_address": "Main Street 1", "locality": "Berlin",
             "region": "Berlin", "postal_code": "10115",
             "country": "Germany"}}
END
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
    conformance_fapi "$owner"
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
  the suite's configuration: $run/conformance/suite.json; for FAPI 2.0
  suite-fapi-dpop.json, suite-fapi-mtls.json and suite-fapi-tls.json beside it
TEXT
    for name in "${conformance_users[@]}"; do
        say "  user $name@example.com, password $conformance_password"
    done
    say "  docs/conformance.md says how the suite is pointed at it;" \
        "./dev down stops it"
}
