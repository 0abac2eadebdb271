// own-test:
//
// http - a web server on a granted listener, as Go programs for wasip1 are written: the listener
// is a file whose number is known. streams_test.cpp is the client.
//
//	http FD REQUESTS [DIRECTORY]
//
// "/" says hello, "/file/NAME" sends a file of the directory, "/echo" sends the body back. Ends
// by itself after so many requests.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	if len(os.Args) < 3 {
		return fmt.Errorf("http FD REQUESTS [DIRECTORY]")
	}
	fd, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	requests, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	// Otherwise accepting would stop every goroutine: there is only one thread.
	if err := syscall.SetNonblock(fd, true); err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), "listener")
	listener, err := net.FileListener(file)
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintln(w, "hello from a guest")
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	})
	if len(os.Args) > 3 {
		mux.Handle("/file/", http.StripPrefix("/file/", http.FileServer(http.Dir(os.Args[3]))))
	}

	server := http.Server{}
	done := make(chan struct{})
	var left atomic.Int64
	left.Store(int64(requests))
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The last answers close their connections, so that the end waits for no idle one.
		w.Header().Set("Connection", "close")
		mux.ServeHTTP(w, r)
		if left.Add(-1) == 0 {
			go func() {
				_ = server.Shutdown(context.Background())
				close(done)
			}()
		}
	})
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	<-done
	return nil
}
