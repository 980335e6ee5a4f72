#!/bin/sh
# Runs glpikeys-check ($PROGRAM) as a monitoring system does and compares its
# exit statuses and what it prints on standard output: against servers on which
# nothing ends ($FINE), something ends in 5 days ($ENDING), something ended 5
# days ago ($ENDED), none ($GONE), and one that never answers ($SILENT).
# $CRASHING is the same command, made to crash.
set -u
failures=0

# expect STATUS WORD ARGUMENT… runs the program with these arguments.
expect() {
	status=$1 word=$2
	shift 2
	output=$("$PROGRAM" "$@" 2>"$HOME/stderr")
	compare "$status" "$word" "$?" "glpikeys-check $*"
}

# compare STATUS WORD GOT ABOUT looks at what was printed as well.
compare() {
	got=$3
	printf '%s, want %s: %s\n' "$got" "$1" "$4"
	case $output in
	*"$2"*) ;;
	*) got="no \"$2\"" ;;
	esac
	case $output$(cat "$HOME/stderr") in
	*S3cret*) got="a secret was printed" ;;
	esac
	[ -s "$HOME/stderr" ] && got="on standard error: $(cat "$HOME/stderr")"
	if [ "$got" != "$1" ]; then
		printf '    %s\n%s\n' "$got" "$output"
		failures=$((failures + 1))
	fi
}

export GLPI_USER=glpi GLPI_PASSWORD=glpi
expect 0 "OK: nothing ends within 30 days" -url "$FINE"
expect 1 "WARNING: 1 ends within 30 days" -url "$ENDING"
expect 0 "OK: nothing ends within 4 days" -url "$ENDING" -days 4
expect 2 "CRITICAL: 1 ended" -url "$ENDED"
expect 0 '"status": "OK"' -url "$ENDED" -ended 4 -json
expect 3 "UNKNOWN: 1 of 1 server not checked" -url "$GONE"
expect 3 '"cause": "unreachable"' -url "$GONE" -json
expect 3 "not checked: 127.0.0.1" -url "$SILENT" -timeout 500ms
expect 3 "UNKNOWN: no saved connections"
expect 3 '"summary": "no saved connections' -json

# Wrong options: Go's own status for them would be 2.
expect 3 "UNKNOWN: wrong option" -password S3cret
expect 3 "UNKNOWN: wrong option" -days S3cret
expect 3 '"exit": 3' -nonsense -json
expect 0 "Exit status" -help
expect 0 "glpikeys-check" -version

GLPI_PASSWORD=wrong
expect 3 "refuses the user name or the password" -url "$FINE"
unset GLPI_PASSWORD
expect 3 "No password or token" -url "$FINE"

# All saved connections: what can be checked is told beside what cannot.
mkdir -p "$XDG_CONFIG_HOME/glpikeys"
connections() {
	list=
	for address in "$@"; do
		list="$list${list:+,}{\"id\":\"$address\",\"name\":\"$address\",\"address\":\"$address\",\"user\":\"glpi\",\"remember\":false}"
	done
	printf '{"version":1,"connections":[%s]}\n' "$list" >"$XDG_CONFIG_HOME/glpikeys/connections.json"
}
export GLPI_PASSWORD=glpi
connections "$ENDED"
expect 2 "CRITICAL: 1 ended"
connections "$ENDED" "$FINE"
expect 3 "only when one server is asked"
expect 2 "CRITICAL: 1 ended" -connection "$ENDED"

# Crashes: Go's own status for them is 2, too.
program=$PROGRAM PROGRAM=$CRASHING
for CRASH in here elsewhere; do
	export CRASH
	expect 3 "UNKNOWN: the check itself failed"
	expect 3 '"status": "UNKNOWN"' -json
done
unset CRASH
PROGRAM=$program

# Stopped by somebody: what was not asked by then is told as not checked.
for signal in INT TERM HUP QUIT; do
	(sleep 0.5; kill -"$signal" "$(cat "$HOME/pid")") &
	# The shell that execs the program tells its process id.
	output=$(sh -c 'echo $$ >"$HOME/pid"; exec "$PROGRAM" -url "$SILENT" -timeout 20s' 2>"$HOME/stderr")
	compare 3 "UNKNOWN: 1 of 1 server not checked" "$?" "stopped by SIG$signal"
	wait
done

[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
