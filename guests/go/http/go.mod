module limen/guests/http

go 1.21
