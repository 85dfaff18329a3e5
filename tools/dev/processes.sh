# SPDX-License-Identifier: MIT
#
# Processes that outlive ./dev.  A pid file holds the pid and the time the
# process began (in ticks since boot): a pid that was given to another
# process since is not taken for ours.

started=()


# When a process began; nothing when there is none, or only its corpse.
process_start() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    read -r -a stat <<<"${stat##*) }"
    [[ ${stat[0]} != Z ]] && echo "${stat[19]}"
}


# The pid of a service that runs.
running_pid() {
    local pid start
    read -r pid start 2>/dev/null <"$run/pids/$1" || return 1
    [[ $(process_start "$pid") == "$start" ]] && echo "$pid"
}


is_running() {
    running_pid "$1" >/dev/null
}


# launch <name> <user> <command>...
launch() {
    local name=$1 user=$2 pid
    shift 2

    (exec_as "$user" setsid "$@") </dev/null >>"$run/logs/$name.log" 2>&1 \
        9<&- &
    pid=$!
    disown "$pid"
    echo "$pid $(process_start "$pid" || echo 0)" >"$run/pids/$name"
    started+=("$name")
}


# halt <name> <signal> <seconds>: asks, waits, and insists in the end.
halt() {
    local name=$1 signal=$2 seconds=$3 pid

    if pid=$(running_pid "$name"); then
        kill "-$signal" "$pid" 2>/dev/null || true
        if ! await "$seconds" process_gone "$name"; then
            say "$name did not stop within $seconds seconds: killed"
            kill -KILL "$pid" 2>/dev/null || true
            await 5 process_gone "$name" || fail "$name cannot be stopped"
        fi
        say "$name stopped"
    fi
    rm -f "$run/pids/$name" "$run/pids/$name.print"
}


process_gone() {
    ! is_running "$1"
}


# await <seconds> <condition>...: true as soon as the condition is.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}


# The service is well, or it has ended or its time is over: then its last
# words are shown.
await_health() {
    local name=$1 seconds=$2 end
    end=$((SECONDS + seconds))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! is_running "$name" || ((SECONDS >= end)); then
            tail -n 12 "$run/logs/$name.log" | sed 's/^/    /' >&2
            is_running "$name" &&
                fail "$name is not healthy after $seconds seconds:" \
                    "$run/logs/$name.log"
            fail "$name ended while it started: $run/logs/$name.log"
        fi
        sleep 0.05
    done
}


# Who listens on a port of this machine; nothing when it is free.
port_holder() {
    ss -H -ltnp "sport = :$1" 2>/dev/null |
        awk '$4 ~ /^(127\.|0\.0\.0\.0:|\*:|\[::\]:|\[::1\]:)/ {
                 who = "another process"
                 if (match($0, /\(\("[^"]*",pid=[0-9]+/)) {
                     who = substr($0, RSTART + 3, RLENGTH - 3)
                     sub(/",pid=/, " (pid ", who)
                     who = who ")"
                 }
                 print who
                 exit
             }'
}


# need_port <port> <variable that moves it>
need_port() {
    local who
    who=$(port_holder "$1")
    [[ -z $who ]] || fail "port $1 is taken by $who: stop it, or set $2"
}
