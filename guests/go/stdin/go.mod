module limen/guests/stdin

go 1.21
