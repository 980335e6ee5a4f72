package main

import (
	"log/slog"
	"testing"

	"glpikeys/glpi"
	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// TestDemoAsksItsOwnNetwork: no question of the demo leaves this computer,
// whether it runs, has stopped or was never started.
func TestDemoAsksItsOwnNetwork(t *testing.T) {
	t.Parallel()
	const real = "https://services.example.com"
	d := &demo{log: slog.New(slog.DiscardHandler)}
	if at, err := d.service(real, sandbox.DemoInstance); at != "" || keys.CauseOf(err) != keys.Unreachable {
		t.Errorf("before the start: %q, %v", at, err)
	}
	at, who, stop, err := d.start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if service, err := d.service(real, sandbox.DemoInstance); service != at.Web()+"/glpi-network" || err != nil {
		t.Errorf("%q, %v", service, err)
	}
	for _, instance := range []string{"", "of a real server"} {
		if service, err := d.service(real, instance); service != real || err != nil {
			t.Errorf("%q: %q, %v", instance, service, err)
		}
	}
	direct := keys.Via{Proxy: keys.ProxyDirect}
	session, err := glpi.SignIn(t.Context(), at, direct, who, glpi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	instance := session.Facts().NetworkID
	service, err := d.service(real, instance)
	if err != nil {
		t.Fatal(err)
	}
	if sub, err := glpi.AskNetwork(t.Context(), service, keys.NewKeyText("x"), instance, direct, glpi.Options{}); err != nil || sub.Verdict != keys.VerdictInvalid {
		t.Errorf("%+v, %v", sub, err)
	}
	if err := session.Close(t.Context()); err != nil {
		t.Error(err)
	}
	stop()
	if service, err := d.service(real, instance); service != at.Web()+"/glpi-network" || err != nil {
		t.Errorf("after the end: %q, %v", service, err)
	}
}
