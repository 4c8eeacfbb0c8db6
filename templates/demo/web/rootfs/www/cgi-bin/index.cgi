#!/bin/sh
# GET /: busybox httpd runs this when a folder has no index.html.
printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!doctype html>
<html lang="en">
<title>web on $(hostname)</title>
<style>body { font: 18px/1.6 sans-serif; margin: 4em auto; max-width: 32em } code { background: #eee; padding: 0 .3em }</style>
<h1>Hello from pictl</h1>
<p>Container <code>$(hostname)</code>, image <code>web</code>${NODE:+, node <code>$NODE</code>}.
<p>Served at $(date -u +%H:%M:%S) UTC, up since $(cat /started) UTC.
<p>Stop me with <code>pictl stop web</code>, look for me with <code>pictl status</code>.
</html>
PAGE
