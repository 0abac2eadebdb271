module limen/guests/files

go 1.21
