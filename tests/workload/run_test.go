package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// etcd is a member of its own on a free port, from the binary that ETCD_BIN names.
type etcd struct {
	t    *testing.T
	args []string
	url  string
	cmd  *exec.Cmd
}

func startEtcd(t *testing.T) *etcd {
	binary := os.Getenv("ETCD_BIN")
	if binary == "" {
		t.Skip("ETCD_BIN names no etcd")
	}
	client, peer := freeURL(t), freeURL(t)
	e := &etcd{t: t, url: client, args: []string{
		binary, "--name=a", "--data-dir=" + filepath.Join(t.TempDir(), "data"),
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=a=" + peer,
	}}
	e.start()
	t.Cleanup(e.kill)
	return e
}

func (e *etcd) start() {
	e.cmd = exec.Command(e.args[0], e.args[1:]...)
	if err := e.cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
}

func (e *etcd) kill() {
	e.cmd.Process.Kill()
	e.cmd.Wait()
}

func freeURL(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return fmt.Sprintf("http://%s", listener.Addr())
}

func TestRunOnEtcdThatIsKilled(t *testing.T) {
	etcd := startEtcd(t)
	path := filepath.Join(t.TempDir(), "history.jsonl")
	options := runOptions{endpoints: []string{etcd.url}, history: path, clients: 4, keys: 2, rate: 100, duration: 6 * time.Second}
	go func() {
		time.Sleep(2 * time.Second)
		etcd.kill()
		time.Sleep(time.Second)
		etcd.start()
	}()
	sum, err := runWorkload(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	if sum.AcknowledgedWrites == 0 || sum.Gets == 0 || sum.LongestWriteGapMs < 500 || sum.RevisionWentBack || len(sum.Clusters) != 1 {
		t.Errorf("summary: %+v", sum)
	}
	ops, err := readHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if ops, err = readFinally(ops, options.endpoints, credentials{}); err != nil {
		t.Fatal(err)
	}
	verdict, err := judge(ops, time.Minute)
	if err != nil || !verdict.Holds {
		t.Errorf("got %+v, %v", verdict, err)
	}
}

func TestRunWithoutACluster(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	options := runOptions{endpoints: []string{freeURL(t)}, history: filepath.Join(t.TempDir(), "h"), clients: 1, keys: 1, rate: 1, duration: time.Second}
	if _, err := runWorkload(ctx, options); err == nil {
		t.Error("a run without a cluster did not fail")
	}
}
