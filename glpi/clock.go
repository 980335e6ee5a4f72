package glpi

import (
	"context"
	"time"

	"glpikeys/keys"
)

// clockZone is the time zone in which GLPI writes points in time. Without the
// plugin, which knows its name, it is reckoned from GLPI's clock: right today,
// and an hour off for moments on the other side of a change of the clocks.
func (s *Session) clockZone(ctx context.Context) (*time.Location, error) {
	if zone := s.zone.Load(); zone != nil {
		return zone, nil
	}
	if facts := s.Facts(); facts.Can(rightInvitation, keys.Read) {
		if zone, err := s.serverZone(ctx); err == nil {
			return zone, nil
		}
	}
	r := s.get("read clock", "/getFullSession")
	a, err := s.call(ctx, r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Session struct {
			Now text `json:"glpi_currenttime"`
		} `json:"session"`
	}
	if err := a.into(r, &body); err != nil {
		return nil, err
	}
	return zoneBetween(string(body.Session.Now), a.header.Get("Date")), nil
}

// zoneBetween is the zone in which it is local when it is date, as HTTP writes
// it. Zones lie a multiple of 15 minutes apart.
func zoneBetween(local, date string) *time.Location {
	there, errThere := time.Parse(stampLayout, local)
	here, errHere := time.Parse(time.RFC1123, date)
	offset := there.Sub(here).Round(15 * time.Minute)
	if errThere != nil || errHere != nil || offset.Abs() > 14*time.Hour {
		return time.UTC
	}
	return time.FixedZone("", int(offset/time.Second))
}
