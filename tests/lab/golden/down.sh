docker ps -aq --filter label=containerlab=ring | xargs -r docker rm -f >/dev/null
rm -f /run/netns/clab-ring-*
docker network rm netwright-ring >/dev/null 2>&1
true
