package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestHistoryRoundTrip(t *testing.T) {
	ops := []Op{at(put("a"), 1, 2, 2), at(refused("x", "y", "a"), 3, 4, 2), unknown(put("b"), 5)}
	var text bytes.Buffer
	recorder := newRecorder(&text)
	for _, op := range append(slices.Clone(ops), Op{Kind: End, OK: true}) {
		recorder.add(op)
	}
	got, err := parseHistory(&text)
	if err != nil || !slices.Equal(got, ops) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestHistoryRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "the last line is not an end",
		`{"client":0,"kind":"get","ok":true}`:   "the last line is not an end",
		`{"kind":"end"}` + "\n" + `{"kind":"ge`: "line 2: ",
		`{"kind":"delete"}`:                     `line 1: kind "delete"`,
	} {
		if _, err := parseHistory(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestStatsGap(t *testing.T) {
	s := newStats(0)
	const ms = 1_000_000
	s.add(at(put("a"), 1, 100*ms, 2), 0)
	s.add(at(get("a"), 1, 400*ms, 2), 2)
	s.add(at(refused("x", "y", "a"), 1, 450*ms, 2), 2)
	s.add(unknown(put("b"), 460*ms), 2)
	s.add(at(swap("a", "c"), 1, 500*ms, 3), 2)
	sum := s.summary(600 * ms)
	if sum.LongestWriteGapMs != 400 || sum.LongestWriteGapAt.UnixMilli() != 100 {
		t.Errorf("gap: got %d ms from %v", sum.LongestWriteGapMs, sum.LongestWriteGapAt)
	}
	if sum.AcknowledgedWrites != 2 || sum.UnknownWrites != 1 || sum.RevisionWentBack {
		t.Errorf("got %+v", sum)
	}
	s.add(at(get("c"), 1, 700*ms, 2), 3)
	if !s.summary(700 * ms).RevisionWentBack {
		t.Error("a revision that went back was not seen")
	}
}
