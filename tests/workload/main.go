// Command workload reads and writes a few keys of an etcd cluster for as long as something is done to it,
// and judges afterwards whether the cluster has kept its promises.
//
//	workload run --endpoints=URL,... --cacert=FILE --cert=FILE --key=FILE --history=FILE
//	workload check FILE [--timeout=60s] [--final-endpoints=URL,... --cacert=FILE --cert=FILE --key=FILE]
//
// A run goes on until its standard input is closed, SIGTERM, or --seconds have passed.
//
// Exit codes: 0 done, or the history holds; 1 it does not; 2 usage, files or no cluster; 3 undecided, as
// time was up.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const (
	exitViolated  = 1
	exitUsage     = 2
	exitUndecided = 3
)

var errUsage = errors.New("usage: workload run|check; see --help of each")

func main() {
	code, err := dispatch(os.Args[1:])
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(os.Stderr, "error: %v\n", err)
		}
		code = exitUsage
	}
	os.Exit(code)
}

func dispatch(args []string) (int, error) {
	if len(args) == 0 {
		return 0, errUsage
	}
	switch args[0] {
	case "run":
		return 0, runCommand(args[1:])
	case "check":
		return checkCommand(args[1:])
	default:
		return 0, errUsage
	}
}

func runCommand(args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	endpoints := flags.String("endpoints", "", "client `URLs` of the members, by commas")
	options := runOptions{}
	credentialFlags(flags, &options.credentials)
	flags.StringVar(&options.history, "history", "", "`file` to append the operations to")
	flags.IntVar(&options.clients, "clients", 6, "processes, half of them writers")
	flags.IntVar(&options.keys, "keys", 4, "keys")
	flags.IntVar(&options.rate, "rate", 60, "operations per second, of all clients together")
	seconds := flags.Int("seconds", 600, "longest time to run, in s")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options.duration = time.Duration(*seconds) * time.Second
	options.endpoints = split(*endpoints)
	if err := options.validate(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	summary, err := runWorkload(ctx, options)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(summary)
}

func (o runOptions) validate() error {
	if len(o.endpoints) == 0 {
		return errors.New("--endpoints: want the members' client URLs")
	}
	if o.history == "" {
		return errors.New("--history: want a file")
	}
	for name, value := range map[string]int{
		"clients": o.clients, "keys": o.keys, "rate": o.rate, "seconds": int(o.duration),
	} {
		if value < 1 {
			return fmt.Errorf("--%s: want 1 or more", name)
		}
	}
	return o.credentials.validate()
}

func checkCommand(args []string) (int, error) {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	timeout := flags.Duration("timeout", time.Minute, "longest time to search")
	finalEndpoints := flags.String("final-endpoints", "", "client `URLs` at which to read every key once more")
	var creds credentials
	credentialFlags(flags, &creds)
	file, err := parseAround(flags, args)
	if err != nil {
		return 0, err
	}
	if err := creds.validate(); err != nil {
		return 0, err
	}
	ops, err := readHistory(file)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	if endpoints := split(*finalEndpoints); len(endpoints) > 0 {
		if ops, err = readFinally(ops, endpoints, creds); err != nil {
			return 0, err
		}
	}
	verdict, err := judge(ops, *timeout)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdict); err != nil {
		return 0, err
	}
	switch {
	case len(verdict.Violations) > 0:
		return exitViolated, nil
	case len(verdict.Undecided) > 0:
		fmt.Fprintf(os.Stderr, "undecided after %v: %s\n", *timeout, strings.Join(verdict.Undecided, ", "))
		return exitUndecided, nil
	default:
		return 0, nil
	}
}

// parseAround parses flags before and after one file name.
func parseAround(flags *flag.FlagSet, args []string) (string, error) {
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	file := flags.Arg(0)
	if file == "" {
		return "", errors.New("want the file of a history")
	}
	if err := flags.Parse(flags.Args()[1:]); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		return "", fmt.Errorf("%s: want one file", flags.Arg(0))
	}
	return file, nil
}

func credentialFlags(flags *flag.FlagSet, c *credentials) {
	flags.StringVar(&c.caFile, "cacert", "", "`file` of the CAs to trust; read anew when it changes")
	flags.StringVar(&c.certFile, "cert", "", "`file` of the client certificate; read anew when it changes")
	flags.StringVar(&c.keyFile, "key", "", "`file` of its private key")
}

func (c credentials) validate() error {
	if c != (credentials{}) && (c.caFile == "" || c.certFile == "" || c.keyFile == "") {
		return errors.New("--cacert, --cert and --key: want all three, or none for plain HTTP")
	}
	return nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}
