// A MongoDB-protocol server for tests: FerretDB's own command panics when built from its module (a generated version
// file is missing there), its package does not. Arguments: the address to listen on, the folder of the SQLite files; for
// TLS also the files of the server's certificate, of its key and of the authority that has to have signed a client's.
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
	if len(os.Args) > 5 {
		listener = ferretdb.ListenerConfig{
			TLS: os.Args[1], TLSCertFile: os.Args[3], TLSKeyFile: os.Args[4], TLSCAFile: os.Args[5],
		}
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
