// case: ends
// stdin: one\ntwo\n
// stdout: one\ntwo\nend\n
// case: null
// stdout: end\n
//
// stdin - Go makes 0, 1 and 2 non-blocking and waits in poll_oneoff: other goroutines go on while
// one reads. guests_test.cpp also runs it with a pipe that stays silent for a while, argument
// "ticks": ticks must appear on stderr before the first line comes.
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "ticks" {
		go func() {
			for {
				fmt.Fprintln(os.Stderr, "tick")
				time.Sleep(10 * time.Millisecond)
			}
		}()
	}
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
