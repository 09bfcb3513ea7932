/*! Rivulet's client, Apache-2.0 */
(function(){'use strict'
var az=['hello','gap','cursor','topics','expiring','heartbeat','end'].map(function(b){return'rivulet.'+b})
var bd=25
var be=256000
var bX=30000
function ad(){return Date.now()}
function ao(){}
function aA(I){if(typeof document==='undefined')return new URL(I,location.href).href
var bv=document.createElement('a')
bv.href=I
return bv.href}
function cq(){var g=''
var cb=typeof crypto==='undefined'?[]:crypto.getRandomValues(new Uint8Array(26))
for(var L=0;L<26;L++)g+=((cb[L]||Math.random()*256)%32|0).toString(32)
return g}
function bF(bP){if(typeof Promise==='function')return new Promise(bP)
bP(ao,ao)}
function ah(t,n){try{if(n===undefined)return sessionStorage.getItem(t)
sessionStorage.setItem(t,n)}catch(y){}}
function cp(bb,at){var bK=''
var i=[]
var c=''
var s
var bj=false
return function(g){if(!bj&&g){bj=true
if(g.charCodeAt(0)===0xFEFF)g=g.slice(1)}
var aQ=(bK+g).split(/\r\n|\n|\r(?!$)/)
bK=aQ.pop()
for(var L=0;L<aQ.length;L++){var T=aQ[L]
var Q=T.indexOf(':')
var b=Q<0?T:T.slice(0,Q)
var n=Q<0?'':T.slice(T.charAt(Q+1)===' '?Q+2:Q+1)
if(!T){if(i.length)bb(c||'message',i.join('\n'),s)
i=[]
c=''}else if(b==='data')i.push(n)
else if(b==='event')c=n
else if(b==='id'&&n.indexOf('\0')<0)s=n
else if(b==='retry'&&/^\d+$/.test(n))at(+n)}}}
function Rivulet(I,cm){var a=this
var f=cm||{}
var M=f.plain||/\/\.well-known\/mercure|[?&]hello=false/.test(I)
var aE=f.heartbeat||+(/[?&]heartbeat=(\d+)/.exec(I)||[0,15])[1]
var by=(f.mute||10)*1000
var bD=(f.pause||30)*1000
var t=f.persist&&'rivulet:'+(f.persist===true?aA(I):f.persist)
var s=f.lastEventId||t&&ah(t)||''
var D={}
var H={}
var w={}
var ai=[]
var W=aA(I).replace(/#.*/,'').replace(/([?&])topic=([^&]*)/g,function(O,bY,d){bc(decodeURIComponent(d.replace(/\+/g,' ')))
return bY}).replace(/([?&])&+/g,'$1').replace(/[?&]$/,'')
;(f.topics||[]).forEach(bc)
var bq=!f.topics&&!Object.keys(H).length||/[?&]match/.test(W)
var ay=W.replace(/\?.*/,'')
var cn=ay.split('/').slice(0,3).join('/')
var bw='rivulet:transport:'+ay
var m=0
var u=null
var S=null
var A=false
var bm=false
var aL=false
var x=''
var aD=false
var aV=ah(bw)==='poll'
var aT=0
var aa=0
var at=0
var ax=0
var aw=0
var aG=0
var bl=0
var aq=false
var aC=false
var N
var aX=false
var bR
var E=[]
var aZ=false
var bM=0
var aY=0
var G={}
a.url=aA(I)
a.withCredentials=!!f.withCredentials
a.readyState=0
a.onopen=a.onmessage=a.onerror=null
a.onstate=f.onstate||null
a.onresume=f.onresume||null
function bc(d){H[d]=(H[d]||0)+1}
function co(){return Object.keys(H)}
function bU(){return co()}
function aj(C,p){try{if(typeof C==='function')C.call(a,p)
else if(C)C.handleEvent(p)}catch(y){setTimeout(function(){throw y})}}
function ak(c,p){p.type=c
p.target=p.currentTarget=a
if(/^(open|error|message)$/.test(c))aj(a['on'+c],p)
;(D[c]||[]).slice().forEach(function(l){if(l.once)a.removeEventListener(c,l.listener)
aj(l.listener,p)})}
function q(ba,o){var ac=o||{}
ac.state=ba
ac.transport=x
if(['state','transport','status','anonymous'].every(function(bA){return ac[bA]===G[bA]}))return
G=ac
aj(a.onstate,ac)}
function bL(al,br){aj(a.onresume,{resumed:al,missed:br.missed,transient:br.transient})}
function Z(){if(A)return
A=bm=true
aD=aX=false
ax=0
if(x==='poll'&&aV)ah(bw,x)
if(a.readyState!==1){a.readyState=1
ak('open',{})}
if(M)q('live')
ag()}
function bG(){clearTimeout(aG)
aG=setTimeout(function(){if(a.readyState===1)q('live',{anonymous:G.anonymous})},200)}
function cg(i){var aN=a.readyState===1
var bg=bR&&!i.as||undefined
S=i
bR=i.as
A=false
Z()
if(i.resumed==='live'||aN&&i.resumed==='exact')q('live',{anonymous:bg})
else{bL(i.resumed,i)
bl=ad()+10000
q('catching up',{anonymous:bg})
bG()}
aM()}
function bt(c,i,an){var aH=az.indexOf(c)>=0&&JSON.parse(i)
aa=ad()
if(an)s=an
if(c==='rivulet.hello')cg(aH)
else{aT=0
aL=aL||x!=='poll'
Z()
if(G.state!=='catching up')q('live',{anonymous:G.anonymous})
else if(aa<bl)bG()}
if(c==='rivulet.gap')bL('partial',aH)
if(c==='rivulet.expiring')cr()
if(c!=='rivulet.heartbeat')ak(c,{data:i,lastEventId:s,origin:cn})
if(c==='rivulet.end')bp('ended',aH)}
function J(){m++
clearTimeout(aw)
clearTimeout(aG)
aw=0
S=null
A=aq=false
if(u)u.close()
u=null}
function bf(b){if(f.transports&&f.transports.indexOf(b)<0)return false
if(b==='eventsource')return typeof EventSource==='function'&&!aD&&!f.token&&!f.headers
if(b==='fetch')return typeof fetch==='function'&&typeof ReadableStream==='function'
return true}
function r(){J()
if(a.readyState===2)return
var cl=aV&&bf('poll')?['poll']:['eventsource','fetch','xhr','poll'].filter(bf)
x=cl[0]||'eventsource'
w={}
bU().forEach(function(d){w[d]=1})
if(!bq&&!Object.keys(w).length){a.readyState=0
return q('idle')}
if(a.readyState!==1&&!/refused|offline/.test(G.state))q('connecting')
aa=ad()
var j=m
var cx={eventsource:bZ,fetch:ca,xhr:bk,poll:bk}
bh(function(){if(j===m)cx[x](j)},function(y){if(j===m)Y({reason:String(y)})})}
function aB(aS){var U=aS||''
if(!M){U+='&heartbeat=event'
if(!/[?&]heartbeat=\d/.test(W))U+='&heartbeat='+aE}
for(var d in w)U+='&topic='+encodeURIComponent(d)
if(s)U+='&last_event_id='+encodeURIComponent(s)
return W+(W.indexOf('?')<0?U.replace('&','?'):U)}
function bZ(j){var ab=new EventSource(aB(),{withCredentials:a.withCredentials})
function bb(p){if(j===m)bt(p.type,p.data,p.lastEventId)}
u={hear:function(c){if(!/^(open|error)$/.test(c))ab.addEventListener(c,bb)},close:function(){ab.close()}}
D.message=D.message||[]
az.concat(Object.keys(D)).filter(function(c,V,O){return O.indexOf(c)===V}).forEach(u.hear)
ab.onopen=function(){if(j===m&&M)Z()}
ab.onerror=function(){if(j!==m)return
aD=ab.readyState===2
if(A)aU()
else Y()}}
function aO(bN){for(var b in f.headers)bN(b,f.headers[b])
if(N)bN('Authorization','Bearer '+N)}
function ca(j){var k={Accept:'text/event-stream'}
var au=typeof AbortController==='function'&&new AbortController()
var ar
u={close:function(){au?au.abort():ar&&ar.cancel()}}
aO(function(b,n){k[b]=n})
function bn(){if(j===m)Y()}
fetch(aB(),{headers:k,credentials:a.withCredentials?'include':'same-origin',signal:au?au.signal:undefined}).then(function(P){if(j!==m)return
if(!bQ(P.status,P.headers.get('Content-Type'))){return P.text().then(function(g){if(j===m)bI(P.status,g,function(b){return P.headers.get(b)})})}
var cc=new TextDecoder()
var ae=bB(j)
if(M)Z()
ar=P.body.getReader()
bH()
function bH(){ar.read().then(function(af){if(j!==m)return
if(af.done)return aU()
ae(cc.decode(af.value,{stream:true}))
bH()}).then(null,bn)}}).then(null,bn)}
function bB(j){var ae=cp(function(c,i,an){if(j===m)bt(c,i,an)},function(ck){at=ck})
return function(g){aa=ad()
ae(g)}}
function bk(j){var e=new XMLHttpRequest()
var V=0
var ae=bB(j)
var bE=x==='poll'
u={close:function(){e.abort()}}
e.open('GET',aB(bE?'&transport=poll&timeout='+(a.readyState===1?bd:1)
:'&padding=2048&max='+be))
e.withCredentials=a.withCredentials
e.setRequestHeader('Accept','text/event-stream')
aO(function(b,n){e.setRequestHeader(b,n)})
e.onprogress=e.onreadystatechange=function(){if(j!==m||e.readyState<3)return
var K=e.readyState===4
if(!e.status)return K&&Y()
if(!bQ(e.status,e.getResponseHeader('Content-Type'))){return K&&bI(e.status,e.responseText,function(b){return e.getResponseHeader(b)})}
if(M)Z()
var g=e.responseText
var af=g.slice(V)
V=g.length
if(af)ae(af)
if(K&&j===m)aU(bE||V>=be)}
e.send()}
function bQ(h,c){return h===200&&/^text\/event-stream/i.test(c||'')}
function aR(){a.readyState=0
ak('error',{})}
function aU(aN){var bV=A
if(bV&&aN)return r()
J()
aR()
if(a.readyState===2)return
q('connecting')
bu(bV?0:1,at||1000)}
function bu(aI,aP){var bx=Math.min(bD,1000*Math.pow(2,ax))
ax+=aI
aw=setTimeout(r,Math.max(aP||0,aI&&bx/2)+Math.random()*(aI?bx/2:500))}
function Y(o,aP){J()
q(o&&o.status?'refused':'offline',o)
aR()
if(a.readyState!==2)bu(1,aP)}
function bI(h,g,B){var o=aW(h,g,B)
if(h===401&&typeof f.token==='function'&&!aX){aX=true
N=undefined
return r()}
if(h===204||aK(h)&&!(h===404&&bm))return bp('refused',o)
Y(o,o.after)}
function aK(h){return h>=400&&h<500&&[408,425,429].indexOf(h)<0}
function aW(h,g,B){var k={}
try{k=JSON.parse(g)}catch(y){}
return{status:h,reason:k.detail||k.title||'status '+h,requestId:k.requestId||B('X-Request-Id'),after:B('Retry-After')*1000,final:false}}
function bp(ba,o){J()
o.final=true
a.readyState=2
q(ba,o)
ak('error',{})}
function bW(){if(t&&s)ah(t,s)
if(!u)return
var ci=x==='poll'?by+bd*1000:!A?by:M?Infinity:aE*2500
if(ad()-aa<=ci)return
if(!A&&!aL||++aT>1){aV=x!=='poll'
aT=0}
J()
q('offline')
aR()
r()}
function bT(){if(aw)r()
else bW()}
function bi(){ax=0
if(a.readyState!==2&&G.state!=='idle')r()}
function ch(){if(t&&s)ah(t,s)
J()}
function cs(p){if(p.persisted)bi()}
function cf(){if(a.readyState!==2)q('offline')}
function bz(R){var ap=typeof window==='undefined'?self:window
ap[R]('online',bi)
ap[R]('offline',cf)
ap[R]('pagehide',ch)
ap[R]('pageshow',cs)
if(typeof document!=='undefined'){document[R]('visibilitychange',bT)
document[R]('resume',bT)}}
function bh(bS,z){if(N!==undefined||!f.token)return bS()
function bs(ce){N=ce||''
bS()}
try{var k=typeof f.token==='function'?f.token():f.token
if(k&&k.then)k.then(bs,z)
else bs(k)}catch(y){z(y)}}
function bJ(cj,cv,k,aF,av){bh(function(){var e=new XMLHttpRequest()
e.open(cj,cv)
e.timeout=bX
e.withCredentials=a.withCredentials
for(var b in k)e.setRequestHeader(b,k[b])
aO(function(b,n){e.setRequestHeader(b,n)})
e.onreadystatechange=function(){if(e.readyState===4){av(e.status,e.responseText,function(b){return e.getResponseHeader(b)})}}
e.send(aF)},function(y){av(0,String(y),ao)})}
function bC(aF,av){bJ('PATCH',ay.replace(/updates\/?$/,'connections/')+S.connection,{'Rivulet-Secret':S.secret},aF,av)}
function cr(){if(typeof f.token!=='function'||!S)return
N=undefined
bC(null,ao)}
function aM(){var O=bU()
var v=O.filter(function(d){return!w[d]})
var as=Object.keys(w).filter(function(d){return O.indexOf(d)<0})
if(/idle|ended/.test(G.state)){if(v.length){a.readyState=0
r()}
return}
if(x==='poll'&&a.readyState===1&&(v.length||as.length))return r()
if(!A||aq)return
ai=ai.filter(function(l){if(w[l.topic])l.done()
return!w[l.topic]})
if(!v.length&&!as.length)return
if(!S||!bq&&!O.length)return r()
if(aC)v=v.slice(0,1)
var j=m
aq=true
bC(JSON.stringify({add:v,remove:as}),function(h,g,B){if(j!==m)return
aq=false
if(h===200){v.forEach(function(d){w[d]=1})
as.forEach(function(d){delete w[d]})}else if(aK(h)&&h!==401&&h!==404&&v.length){aC=v.length>1
if(!aC)cd(v[0],bo(aW(h,g,B)))}else{return r()}
aM()})}
function cd(d,X){delete H[d]
ai=ai.filter(function(l){if(l.topic===d)l.fail(X)
return l.topic!==d})}
function bo(o){var X=new Error(o.reason)
X.status=o.status
X.requestId=o.requestId
return X}
function bO(){setTimeout(aM)}
function ag(){var F=E[0]
clearTimeout(aY)
if(!F||aZ)return
aZ=true
bJ('POST',ay,{'Content-Type':'application/x-www-form-urlencoded',Accept:'application/json','Idempotency-Key':F.key},F.body,function(h,g,B){aZ=false
if(E[0]!==F)return ag()
var ct=h===401&&typeof f.token==='function'&&!F.renewed
if(ct){F.renewed=true
N=undefined}else if(h===200){E.shift()
bM=0
F.done(/^{/.test(g)?JSON.parse(g).id:g.trim())}else if(aK(h)){E.shift()
F.fail(bo(aW(h,g,B)))}else{var cw=Math.min(bD,1000*Math.pow(2,bM++))*(0.5+Math.random()/2)
aY=setTimeout(ag,Math.max(cw,B('Retry-After')*1000||0))
return}
ag()})}
a.publish=function(d,i,aS){return bF(function(K,z){if(a.readyState===2)return z(new Error('it is closed'))
if(E.length>=(f.queue||100))return z(new Error('too many publishes wait: '+E.length))
var aJ={topic:d,data:typeof i==='string'?i:JSON.stringify(i)}
var k=aS||{}
var t=k.key||cq()
for(var b in k)if(b!=='key')aJ[b]=k[b]
E.push({key:t,done:K,fail:z,body:Object.keys(aJ).map(function(b){return[].concat(aJ[b]).map(function(n){return b+'='+encodeURIComponent(n)}).join('&')}).join('&')})
if(E.length===1)ag()})}
a.subscribe=function(d){bc(d)
return bF(function(K,z){if(M)return z(new Error('the topics of this stream stand in its URL'))
ai.push({topic:d,done:K,fail:z})
bO()})}
a.unsubscribe=function(d){if(H[d]&&!--H[d]){delete H[d]
bO()}}
a.addEventListener=function(c,C,al){var am=D[c]
if(!am){am=D[c]=[]
if(u&&u.hear&&az.indexOf(c)<0)u.hear(c)}
if(!am.some(function(l){return l.listener===C})){am.push({listener:C,once:al&&al.once})}}
a.removeEventListener=function(c,C){if(D[c])D[c]=D[c].filter(function(l){return l.listener!==C})}
a.close=function(){J()
a.readyState=2
clearInterval(cu)
clearTimeout(aY)
bz('removeEventListener')
E.splice(0).forEach(function(l){l.fail(new Error('it was closed'))})}
bz('addEventListener')
var cu=setInterval(bW,Math.min(5000,aE*500))
setTimeout(function(){if(!m)r()})}
Rivulet.CONNECTING=Rivulet.prototype.CONNECTING=0
Rivulet.OPEN=Rivulet.prototype.OPEN=1
Rivulet.CLOSED=Rivulet.prototype.CLOSED=2
self.Rivulet=Rivulet})()
