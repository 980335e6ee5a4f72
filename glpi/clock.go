package glpi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"glpikeys/keys"
)

const opClock = "read clock"

// zoneKept is how long a reckoned zone is good for: a change of the clocks is
// noticed within that time.
const zoneKept = time.Hour

// reckonedZone is a zone that GLPI's clock told in one session.
type reckonedZone struct {
	zone  *time.Location
	token string // GLPI chooses the zone when a session opens
	at    time.Time
}

// clockZone is the time zone in which GLPI writes points in time. Without the
// plugin, which knows its name, it is reckoned from GLPI's clock: right today,
// and an hour off for moments on the other side of a change of the clocks.
func (s *Session) clockZone(ctx context.Context) (*time.Location, error) {
	if zone := s.zone.Load(); zone != nil {
		return zone, nil
	}
	token, _ := s.state()
	if r := s.reckoned.Load(); r != nil && r.token == token && s.c.o.Now().Sub(r.at).Abs() < zoneKept {
		return r.zone, nil
	}
	if facts := s.Facts(); facts.Can(rightInvitation, keys.Read) {
		if zone, err := s.serverZone(ctx); err == nil {
			return zone, nil
		}
	}
	_, zone, err := s.readClock(ctx)
	return zone, err
}

// ServerClock compares the clock of the web server, as the Date of its answer
// tells it, with this computer's. The Problem's cause is Unexpected when the
// answer, or a proxy in between, tells no time.
func (s *Session) ServerClock(ctx context.Context) (keys.ServerClock, error) {
	a, zone, err := s.readClock(ctx)
	if err != nil {
		return keys.ServerClock{}, err
	}
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return keys.ServerClock{}, &keys.Problem{Op: opClock, Cause: keys.Unexpected, Err: errors.New("the answer has no date")}
	}
	return compareClocks(date, a.asked, a.heard, zone), nil
}

// compareClocks takes the date to be told half-way between the request and its
// answer; a date is cut to whole seconds.
func compareClocks(date, asked, heard time.Time, zone *time.Location) keys.ServerClock {
	const cut = time.Second
	took := heard.Sub(asked)
	return keys.ServerClock{
		Time:   date.In(zone),
		Ahead:  date.Add(cut / 2).Sub(asked.Add(took / 2)),
		Within: (took + cut) / 2,
	}
}

// readClock asks GLPI for its session, which holds its local time, and keeps
// the zone that follows.
func (s *Session) readClock(ctx context.Context) (*answer, *time.Location, error) {
	r := s.get(opClock, "/getFullSession")
	a, err := s.call(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	var body struct {
		Session struct {
			Now text `json:"glpi_currenttime"`
		} `json:"session"`
	}
	if err := a.into(r, &body); err != nil {
		return nil, nil, err
	}
	zone := zoneBetween(string(body.Session.Now), a.header.Get("Date"))
	token, _ := s.state() // the call may have renewed the session
	s.reckoned.Store(&reckonedZone{zone, token, s.c.o.Now()})
	return a, zone, nil
}

// zoneBetween is the zone in which it is local when it is date, as HTTP writes
// it. Zones lie a multiple of 15 minutes apart.
func zoneBetween(local, date string) *time.Location {
	there, errThere := time.Parse(stampLayout, local)
	here, errHere := http.ParseTime(date)
	offset := there.Sub(here).Round(15 * time.Minute)
	if errThere != nil || errHere != nil || offset.Abs() > 14*time.Hour {
		return time.UTC
	}
	return time.FixedZone("", int(offset/time.Second))
}
