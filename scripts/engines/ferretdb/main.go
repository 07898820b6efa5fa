// A MongoDB-protocol server for tests: FerretDB's own command panics when built from its module (a generated version
// file is missing there), its package does not. Arguments: the address to listen on, the folder of the SQLite files; for
// TLS also another address, and the files of the server's certificate, its key, and of the authority of clients.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener := ferretdb.ListenerConfig{TCP: os.Args[1]}
	if len(os.Args) > 6 {
		listener.TLS = os.Args[3]
		listener.TLSCertFile, listener.TLSKeyFile, listener.TLSCAFile = os.Args[4], os.Args[5], os.Args[6]
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  listener,
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	go keepIndexed(ctx, os.Args[2])
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
