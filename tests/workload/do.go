package main

import (
	"context"
	"strconv"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// do performs an operation on a member and returns it with what came of it.
func do(m *member, op Op, clock clock) Op {
	// Never cancelled from outside: a write that is given up on would be one more of unknown outcome.
	ctx, cancel := context.WithTimeout(context.Background(), opTimeout)
	defer cancel()
	op.CallNs = clock.now()
	header, err := attempt(ctx, m, &op)
	returned := clock.now()
	if err != nil {
		op.Error = err.Error()
		return op
	}
	op.OK = true
	op.ReturnNs = returned
	op.Revision = header.Revision
	op.Cluster = strconv.FormatUint(header.ClusterId, 16)
	op.Member = strconv.FormatUint(header.MemberId, 16)
	return op
}

func attempt(ctx context.Context, m *member, op *Op) (*etcdserverpb.ResponseHeader, error) {
	switch op.Kind {
	case Put:
		response, err := m.Put(ctx, op.Key, op.Value)
		if err != nil {
			return nil, err
		}
		return response.Header, nil
	case CAS:
		response, err := m.Txn(ctx).
			If(holds(op.Key, op.Expected)).
			Then(clientv3.OpPut(op.Key, op.Value)).
			Else(clientv3.OpGet(op.Key)).
			Commit()
		if err != nil {
			return nil, err
		}
		op.Swapped = response.Succeeded
		if !op.Swapped {
			op.read(response.Responses[0].GetResponseRange().Kvs)
		}
		return response.Header, nil
	default:
		response, err := m.Get(ctx, op.Key)
		if err != nil {
			return nil, err
		}
		op.read(response.Kvs)
		return response.Header, nil
	}
}

// holds compares a key with a value; empty: no such key.
func holds(key, value string) clientv3.Cmp {
	if value == "" {
		return clientv3.Compare(clientv3.CreateRevision(key), "=", 0)
	}
	return clientv3.Compare(clientv3.Value(key), "=", value)
}

func (o *Op) read(found []*mvccpb.KeyValue) {
	if len(found) > 0 {
		o.Output, o.ModRevision = string(found[0].Value), found[0].ModRevision
	}
}
