// own-test:
//
// stdin - Go makes 0, 1 and 2 non-blocking and waits in poll_oneoff: other goroutines go on while
// one reads. streams_test.cpp leaves it without input for a while; ticks must appear on standard
// error meanwhile.
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

func main() {
	go func() {
		for {
			fmt.Fprintln(os.Stderr, "tick")
			time.Sleep(10 * time.Millisecond)
		}
	}()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	if lines.Err() != nil {
		fmt.Fprintln(os.Stderr, lines.Err())
		os.Exit(1)
	}
	fmt.Println("end")
}
