#!/usr/bin/env bash
# One report with curl alone: report.sh http://127.0.0.1:8000 CLIENT_ID CLIENT_SECRET
set -euo pipefail
url=$1 id=$2 secret=$3

token=$(curl -sS --fail "$url/oauth/token" \
  -d grant_type=client_credentials -d "client_id=$id" -d "client_secret=$secret" |
  sed 's/.*"access_token":"\([^"]*\)".*/\1/')

curl -sS --fail-with-body "$url/samsyn/v1/reports" \
  -H "Authorization: Bearer $token" \
  -H "Idempotency-Key: example-$(date +%s%N)" \
  -H "Content-Type: application/json" \
  -d '{"category": "damage", "subcategory": "graffiti", "occurred_from": "2026-11-20",
       "point": {"lon": 14.64, "lat": 63.1765}, "text": "Klotter på väntsalens gavel."}'
echo
