// HashiCorp Vault's core with nothing but its transit engine, for tests: unsealed, in memory, with a mount `transit` and one
// token that may do everything. Arguments: the address to listen on, and that token.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/vault/builtin/logical/transit"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	logger := hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	storage, err := inmem.NewInmem(nil, logger)
	check(err)
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:        storage,
		DisableMlock:    true,
		Logger:          logger,
		LogicalBackends: map[string]logical.Factory{"transit": transit.Factory},
		BuiltinRegistry: registry{},
	})
	check(err)
	made, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
	})
	check(err)
	_, err = core.Unseal(made.SecretShares[0])
	check(err)
	do(ctx, core, made.RootToken, "sys/mounts/transit", map[string]any{"type": "transit"})
	do(ctx, core, made.RootToken, "auth/token/create-orphan", map[string]any{"id": os.Args[2], "policies": []string{"root"}})

	listener, err := net.Listen("tcp", os.Args[1])
	check(err)
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core, ListenerConfig: &configutil.Listener{}})
	go func() { check(http.Serve(listener, handler)) }()
	<-ctx.Done()
}

func do(ctx context.Context, core *vault.Core, token string, path string, data map[string]any) {
	request := &logical.Request{Operation: logical.UpdateOperation, ClientToken: token, Path: path, Data: data}
	response, err := core.HandleRequest(namespace.RootContext(ctx), request)
	check(err)
	if response != nil && response.IsError() {
		log.Fatal(response.Error())
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The plugins that this server has: one.
type registry struct{}

func isTransit(name string, pluginType consts.PluginType) bool {
	return name == "transit" && pluginType == consts.PluginTypeSecrets
}

func (registry) Contains(name string, pluginType consts.PluginType) bool {
	return isTransit(name, pluginType)
}

func (registry) Get(name string, pluginType consts.PluginType) (func() (any, error), bool) {
	return func() (any, error) { return logical.Factory(transit.Factory), nil }, isTransit(name, pluginType)
}

func (registry) Keys(pluginType consts.PluginType) []string {
	if pluginType == consts.PluginTypeSecrets {
		return []string{"transit"}
	}
	return nil
}

func (registry) DeprecationStatus(name string, pluginType consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, isTransit(name, pluginType)
}

func (registry) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }
