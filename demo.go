package main

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// demo is the in-memory GLPI of the demonstration, and the GLPI Network that
// its keys are asked about. It can be started again once it was stopped.
type demo struct {
	log     *slog.Logger
	network atomic.Pointer[string] // its address, nil before the first start
}

// start serves it on this computer alone, on a free port.
func (d *demo) start() (keys.Endpoint, keys.Credentials, func(), error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return keys.Endpoint{}, keys.Credentials{}, nil, &keys.Problem{Op: "start demo", Cause: keys.Unexpected, Err: err}
	}
	// Its invitations' links open in the browser as long as the demo runs.
	base := "http://" + listener.Addr().String()
	server := &http.Server{
		Handler:           sandbox.New(sandbox.Config{Seed: sandbox.Demo, BaseURL: base}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("the demo's server stopped", "error", err)
		}
	}()
	network := base + "/glpi-network"
	d.network.Store(&network)
	return keys.Endpoint{API: base + "/apirest.php", Major: 11}, keys.Credentials{User: "glpi", Password: "glpi"},
		func() { _ = server.Close() }, nil
}

// service is where GLPI Network answers a GLPI with that instance id: the
// demo's is never sent to the real one, not even before a demo was started.
func (d *demo) service(service, instance string) (string, error) {
	if instance != sandbox.DemoInstance {
		return service, nil
	}
	network := d.network.Load()
	if network == nil {
		return "", &keys.Problem{Op: "ask GLPI Network", Cause: keys.Unreachable, Detail: "demo"}
	}
	return *network, nil
}
