// The event stream of an answer: the server's functions return once, an answer comes sentence by sentence.
(function (mj) {
  'use strict';
  const BROKEN = '连接断了。回答仍会在服务器上写完，稍后在左边打开这段问答就能看到。';

  // Calls told(event) for each event; gives back null where the server could not be reached or wants a sign-in.
  mj.askStream = async function (page, call, told) {
    let reply;
    try {
      reply = await fetch('/chat/ask', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(call)});
    } catch { return {problem: '服务器没有回答，请再问一次。'}; }
    if (!reply.ok) return refused(page, reply);
    const reader = reply.body.getReader(), decoder = new TextDecoder();
    let held = '', last = null;
    for (;;) {
      let step;
      try { step = await reader.read(); } catch { return {problem: BROKEN}; }
      if (step.done) break;
      held += decoder.decode(step.value, {stream: true});
      for (let end = held.indexOf('\n\n'); end >= 0; end = held.indexOf('\n\n')) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        if (line.startsWith('data: ')) { last = JSON.parse(line.slice(6)); told(last); }
      }
    }
    return last && (last.turn || last.problem) ? last : {problem: BROKEN};
  };

  async function refused(page, reply) {
    let said = {};
    try { said = await reply.json(); } catch { /* a proxy's own error page says nothing to us */ }
    if (said.signed_out) await mj.ask(page, 'open_chat');
    return {problem: said.signed_out ? '会话已结束，请重新登录后再问。' : said.problem || `没有答出来（${reply.status}），请再问一次。`};
  }

  mj.loaded.add('talk');
})(window.mingjian ||= {loaded: new Set()});
