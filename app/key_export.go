package app

type exportReport struct{}
