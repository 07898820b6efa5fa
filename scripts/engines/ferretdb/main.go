// A MongoDB-protocol server for tests: FerretDB's own command panics when built from its module (a generated version
// file is missing there), its package does not. Arguments: the address to listen on, the folder of the SQLite files.
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
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
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
