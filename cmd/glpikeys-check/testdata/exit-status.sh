#!/bin/sh
# Runs glpikeys-check ($PROGRAM) as a monitoring system does and compares its
# exit statuses: against servers on which nothing ends ($FINE), something ends
# in 5 days ($ENDING), something ended 5 days ago ($ENDED), and none ($GONE).
set -u
failures=0

# expect STATUS WORD ARGUMENT… runs the program with these arguments.
expect() {
	status=$1 word=$2
	shift 2
	output=$("$PROGRAM" "$@" 2>&1)
	got=$?
	printf '%s, want %s: glpikeys-check %s\n' "$got" "$status" "$*"
	case $output in
	*"$word"*) ;;
	*) got="no \"$word\"" ;;
	esac
	if [ "$got" != "$status" ]; then
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
expect 3 "no saved connections"
expect 3 "wrong option" -password glpi

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

[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
