package main

import (
	"slices"
	"sync"
	"time"
)

// Summary is what a run says of itself at its end.
type Summary struct {
	Puts int `json:"puts"`
	CAS  int `json:"cas"`
	Gets int `json:"gets"`
	// AcknowledgedWrites are the puts that were answered and the CAS that have swapped.
	AcknowledgedWrites int `json:"acknowledgedWrites"`
	UnknownWrites      int `json:"unknownWrites"`
	FailedReads        int `json:"failedReads"`
	// LongestWriteGapMs is the longest time without any acknowledged write, start and end of the run
	// included, and LongestWriteGapAt when it began.
	LongestWriteGapMs int64     `json:"longestWriteGapMs"`
	LongestWriteGapAt time.Time `json:"longestWriteGapAt"`
	FirstRevision     int64     `json:"firstRevision"`
	LastRevision      int64     `json:"lastRevision"`
	// RevisionWentBack says that an answer had a lower revision than one that came before its call.
	RevisionWentBack bool     `json:"revisionWentBack"`
	Clusters         []string `json:"clusters"`
	DurationMs       int64    `json:"durationMs"`
}

// stats counts while a run is under way.
type stats struct {
	mu        sync.Mutex
	sum       Summary
	startNs   int64
	lastAckNs int64
	gapNs     int64
	gapAtNs   int64
}

func newStats(nowNs int64) *stats {
	return &stats{startNs: nowNs, lastAckNs: nowNs, gapAtNs: nowNs, sum: Summary{Clusters: []string{}}}
}

// revision is the highest that any answer had so far.
func (s *stats) revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum.LastRevision
}

// add counts an operation; floor is the revision that was known before its call.
func (s *stats) add(op Op, floor int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch op.Kind {
	case Put:
		s.sum.Puts++
	case CAS:
		s.sum.CAS++
	case Get:
		s.sum.Gets++
	}
	switch {
	case op.OK:
	case op.Kind == Get:
		s.sum.FailedReads++
		return
	default:
		s.sum.UnknownWrites++
		return
	}
	if s.sum.FirstRevision == 0 || op.Revision < s.sum.FirstRevision {
		s.sum.FirstRevision = op.Revision
	}
	s.sum.LastRevision = max(s.sum.LastRevision, op.Revision)
	if op.Revision < floor {
		s.sum.RevisionWentBack = true
	}
	if !slices.Contains(s.sum.Clusters, op.Cluster) {
		s.sum.Clusters = append(s.sum.Clusters, op.Cluster)
	}
	if op.wrote() {
		s.sum.AcknowledgedWrites++
		s.ack(op.ReturnNs)
	}
}

func (s *stats) ack(atNs int64) {
	if gap := atNs - s.lastAckNs; gap > s.gapNs {
		s.gapNs, s.gapAtNs = gap, s.lastAckNs
	}
	s.lastAckNs = max(s.lastAckNs, atNs)
}

func (s *stats) summary(nowNs int64) Summary {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ack(nowNs)
	sum := s.sum
	sum.LongestWriteGapMs = s.gapNs / int64(time.Millisecond)
	sum.LongestWriteGapAt = time.Unix(0, s.gapAtNs).UTC()
	sum.DurationMs = (nowNs - s.startNs) / int64(time.Millisecond)
	return sum
}
