package glpi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// clockBench is a GLPI without the plugin, in a zone of its own, whose clock is
// seven minutes ahead.
type clockBench struct {
	*Session
	box   *sandbox.Server
	here  atomic.Pointer[time.Time] // this computer's clock
	asked atomic.Int32              // how often GLPI was asked for its session
}

const ahead = 7 * time.Minute

func newClockBench(t *testing.T, major int) *clockBench {
	t.Helper()
	b := &clockBench{}
	b.set(time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", 3600)))
	kathmandu := time.FixedZone("", (5*60+45)*60)
	b.box = sandbox.New(sandbox.Config{Major: major, Now: func() time.Time { return b.now().Add(ahead).In(kathmandu) }})
	b.box.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/getFullSession") {
			b.asked.Add(1)
		}
		return false
	})
	srv := httptest.NewServer(b.box)
	t.Cleanup(srv.Close)
	at := keys.Endpoint{API: srv.URL + script, Major: major}
	s, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{User: "glpi", Password: "glpi"}, Options{Now: b.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	b.Session = s
	return b
}

func (b *clockBench) now() time.Time       { return *b.here.Load() }
func (b *clockBench) set(now time.Time)    { b.here.Store(&now) }
func (b *clockBench) wait(d time.Duration) { b.set(b.now().Add(d)) }

// TestZoneIsAskedOnce: reading keys asks for GLPI's clock once in a session, and
// again in another one, or after an hour.
func TestZoneIsAskedOnce(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		b := newClockBench(t, major)
		if err := b.AddKeyType(t.Context()); err != nil {
			t.Fatal(err)
		}
		id, err := b.CreateKeyRecord(t.Context(), keys.KeyRecord{
			Product: keys.Product{Name: "p"}, Name: "n", Valid: true, Block: keys.Block{Record: newUUID()},
		})
		if err != nil {
			t.Fatal(err)
		}
		read := func(about string, want int32) {
			t.Helper()
			for range 3 {
				if _, err := b.KeyRecords(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				r, err := b.KeyRecord(t.Context(), id)
				if err != nil || !r.Created.Equal(time.Date(2026, 11, 23, 8, 37, 0, 0, time.UTC)) {
					t.Fatalf("%s: created %s, %v", about, r.Created, err)
				}
				if _, err := b.KeyHistory(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			if got := b.asked.Load(); got != want {
				t.Errorf("GLPI %d, %s: asked %d times, want %d", major, about, got, want)
			}
		}
		b.asked.Store(0)
		read("first", 1)
		b.wait(zoneKept - time.Minute)
		read("within the hour", 1)
		b.box.EndSessions()
		read("another session", 2)
		b.wait(zoneKept)
		read("an hour later", 3)
		b.wait(-3 * zoneKept)
		read("the clock was set back", 4)
	}
}

func TestServerClock(t *testing.T) {
	t.Parallel()
	b := newClockBench(t, 11)
	for _, tc := range []struct{ drift, want time.Duration }{
		{0, ahead}, {ahead, 0}, {26 * time.Hour, ahead - 26*time.Hour},
	} {
		b.set(time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC))
		there := b.now().Add(ahead)
		b.box.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", there.Format(http.TimeFormat))
			return false
		})
		b.wait(tc.drift)
		got, err := b.ServerClock(t.Context())
		if err != nil || (got.Ahead-tc.want).Abs() > got.Within || got.Within > time.Second || !got.Time.Equal(there) {
			t.Errorf("%v: %+v, %v", tc.drift, got, err)
		}
	}
	b.box.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header()["Date"] = nil // as a proxy may do
		return false
	})
	if got, err := b.ServerClock(t.Context()); keys.CauseOf(err) != keys.Unexpected {
		t.Errorf("without a date: %+v, %v", got, err)
	}
}

// contractClock is for servers on this computer, or with a clock as good.
func contractClock(t *testing.T, s *Session) {
	clock, err := s.ServerClock(t.Context())
	if err != nil || clock.Ahead.Abs() > 5*time.Second+clock.Within || time.Since(clock.Time).Abs() > 10*time.Second {
		t.Errorf("%+v, %v", clock, err)
	}
	t.Logf("%s, ahead by %s ± %s", clock.Time, clock.Ahead, clock.Within)
}

// TestSlowAnswer: what an answer takes counts half, and makes the comparison
// less exact.
func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	got := compareClocks(asked.Add(5*time.Second), asked, asked.Add(9*time.Second), time.UTC)
	want := keys.ServerClock{Time: asked.Add(5 * time.Second), Ahead: time.Second, Within: 5 * time.Second}
	if got != want {
		t.Errorf("%+v", got)
	}
}
