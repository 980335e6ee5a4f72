package app

import (
	"testing"
	"time"

	"glpikeys/keys"
)

func TestDistanceText(t *testing.T) {
	today := keys.Date{Year: 2026, Month: time.November, Day: 23}
	for _, c := range []struct {
		days            int
		english, french string
	}{
		{0, "today", "aujourd’hui"},
		{1, "tomorrow", "demain"},
		{-1, "yesterday", "hier"},
		{2, "in 2 days", "dans 2 jours"},
		{-2, "2 days ago", "il y a 2 jours"},
		{60, "in 60 days", "dans 60 jours"},
		{-60, "60 days ago", "il y a 60 jours"},
		{61, "in 2 months", "dans 2 mois"},
		{-61, "2 months ago", "il y a 2 mois"},
		{730, "in 24 months", "dans 24 mois"},
		{731, "in 2 years", "dans 2 ans"},
		{-3650, "10 years ago", "il y a 10 ans"},
	} {
		for language, want := range map[string]string{"en": c.english, "fr": c.french} {
			useLanguage(t, language)
			if got := distanceText(today.AddDays(c.days), today); got != want {
				t.Errorf("%s, %d days: %q, want %q", language, c.days, got, want)
			}
		}
	}
	if got := distanceText(keys.Date{}, today); got != "" {
		t.Errorf("no date: %q", got)
	}
}

func TestAgoText(t *testing.T) {
	now := time.Date(2026, time.November, 23, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		ago             time.Duration
		english, french string
	}{
		{-time.Hour, "just now", "à l’instant"}, // the clock was put back
		{4 * time.Second, "just now", "à l’instant"},
		{5 * time.Second, "5 s ago", "il y a 5 s"},
		{59 * time.Second, "59 s ago", "il y a 59 s"},
		{time.Minute, "1 min ago", "il y a 1 min"},
		{59*time.Minute + 59*time.Second, "59 min ago", "il y a 59 min"},
		{time.Hour, "1 h ago", "il y a 1 h"},
		{24*time.Hour - time.Second, "23 h ago", "il y a 23 h"},
		{24 * time.Hour, "22 Nov 2026", "22 nov. 2026"},
	} {
		for language, want := range map[string]string{"en": c.english, "fr": c.french} {
			useLanguage(t, language)
			if got := agoText(now.Add(-c.ago), now); got != want {
				t.Errorf("%s, %v: %q, want %q", language, c.ago, got, want)
			}
		}
	}
}

func TestDayText(t *testing.T) {
	for _, c := range []struct {
		day             keys.Date
		english, french string
	}{
		{keys.Date{}, "—", "—"},
		{keys.Date{Year: 2026, Month: time.December, Day: 4}, "4 Dec 2026", "4 déc. 2026"},
		{keys.Date{Year: 2027, Month: time.May, Day: 1}, "1 May 2027", "1 mai 2027"},
	} {
		for language, want := range map[string]string{"en": c.english, "fr": c.french} {
			useLanguage(t, language)
			if got := dayText(c.day); got != want {
				t.Errorf("%s: %q, want %q", language, got, want)
			}
		}
	}
}

func TestStateWord(t *testing.T) {
	today := keys.DateOf(testNow)
	for _, c := range []struct {
		state           keys.State
		days            int
		english, french string
	}{
		{keys.Expired, -3, "Expired", "Expiré"},
		{keys.Urgent, 0, "Today", "Aujourd’hui"},
		{keys.Urgent, 1, "1 day", "1 jour"},
		{keys.Soon, 8, "8 days", "8 jours"},
		{keys.Plan, 90, "90 days", "90 jours"},
		{keys.Fine, 91, "Healthy", "En règle"},
		{keys.NoDate, 0, "No date", "Sans date"},
	} {
		for language, want := range map[string]string{"en": c.english, "fr": c.french} {
			useLanguage(t, language)
			if got := stateWord(c.state, today.AddDays(c.days), today); got != want {
				t.Errorf("%s, %s: %q, want %q", language, c.state, got, want)
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	for language, want := range map[string][3]string{
		"en": {"0 rows copied", "1 row copied", "2 rows copied"},
		"fr": {"0 ligne copiée", "1 ligne copiée", "2 lignes copiées"},
	} {
		useLanguage(t, language)
		for n, want := range want {
			if got := tn("keys.copied_rows", n, map[string]any{"N": n}); got != want {
				t.Errorf("%s: %q, want %q", language, got, want)
			}
		}
	}
}
