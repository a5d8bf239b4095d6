// Two reviewers and a ruling: what the card says of the other's call, the panel where two differ, and 我的改判.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const SIDES = {first: '首审', second: '复审'};
  const IDLE = 60000;
  const said = (made) => mj.VERDICTS[made.verdict].join(' ') + (made.amount ? ` ${mj.yuan(made.amount)} 元` : '');
  const why = (made) => [made.reasons.join('；'), made.note].filter(Boolean).join(' · ');
  const band = (name, ...words) => el('p', {class: 'pair-band small'}, el('b', {class: 'strong'}, name), ' ', words);

  // under the title of the open card; act: {rule(choice), rulings()}
  mj.pairBand = function (one, cas, act) {
    const rows = [];
    if (one.ruling) rows.push(ruled(one.ruling, act));
    else if (one.dispute) rows.push(dispute(one, act));
    else if (one.other) rows.push(band(cas.part === 'second' ? '首审' : '复审', one.other.who, '：', said(one.other), why(one.other) ? ' · ' + why(one.other) : ''));
    else if (cas.blind && !one.decision) rows.push(band('盲审', '首审决定对您隐藏，定后可见。疑点顺序已打乱。'));
    if (cas.model_waits && !one.decision) rows.push(band('模型意见', '您定后显示'));
    return rows;
  };
  function ruled(ruling, act) {
    const mine = ruling.mine ? `，您原判 ${said(ruling.mine)}` : '';
    return el('div', {class: 'pair-ruling'}, band('裁定', `${ruling.who} ${ruling.mine && ruling.kept ? '维持' : '定为'} ${said(ruling)}${mine}`),
      el('p', {class: 'small'}, '理由　', ruling.reason),
      ruling.mine ? el('button', {class: 'link small', on: {click: act.rulings}}, '我的改判') : null);
  }
  function dispute(one, act) {
    const told = one.dispute;
    return el('div', {class: 'pair-dispute'}, el('div', {class: 'pair-two'}, told.calls.map((made) => el('div', {data: {side: made.side}},
      el('p', {class: 'small muted'}, `${SIDES[made.side]} ${made.who}`), el('b', {class: 'strong'}, said(made)), el('p', {class: 'small'}, why(made) || '未写理由')))),
    el('p', {class: 'small'}, el('span', {class: 'muted'}, '两人分歧在：'), el('b', {class: 'strong'}, told.differs)),
    told.may_rule ? el('div', {class: 'pair-buttons'}, [['first', '从首审'], ['second', '从复审'], ['other', '另定']].map(([choice, words], n) =>
      el('button', {class: 'btn', data: {choice}, on: {click: () => act.rule(choice)}}, mj.kbd(String(n + 1)), words))) : el('p', {class: 'small muted'}, '等待裁定'));
  }

  // the leader's mark that a finding's answer is known; nobody else is sent it
  mj.knownAnswer = function (one, plant) {
    if (one.known === undefined) return null;
    return el('label', {class: 'known small muted'}, '已知答案，仅组长可见 ', el('select', {'aria-label': '已知答案', on: {change: (e) => plant(one, e.target.value)}},
      [['', '不埋入'], ['confirm', '应为确认'], ['reject', '应为不成立']].map(([value, words]) => el('option', {value, selected: value === one.known}, words))));
  };

  // choice, then for 另定 a verdict, then the reason, which is required
  mj.ruling = function (asking, choice, one, done) {
    const finish = (more) => asking.text('裁定理由（必填）', '', 500, (reason) => reason && done({choice, reason, ...more}));
    if (choice !== 'other') { finish({}); return; }
    const verdicts = [['confirm', '确认'], ['reject', '不成立'], ['ask', '待补材料']];
    asking.pick('另定', verdicts.map((pair) => pair[1]), (n) => {
      const verdict = verdicts[n][0];
      if (verdict !== 'confirm' || one.amount === null) { finish({verdict}); return; }
      asking.text('金额，元（不改则留空）', '', 20, (amount) => finish({verdict, amount}));
    });
  };

  mj.rulingsDialog = async function (page, inspection, go) {
    const told = await mj.ask(page, 'open_rulings', {inspection});
    if (!told || told.problem || page.root.querySelector('dialog')) return;
    const rows = told.rulings.map((one) => el('tr', {}, el('td', {}, el('button', {class: 'link', on: {click: () => { dialog.close(); go(one.case, one.finding); }}}, `${one.name} ${one.title}`)),
      el('td', {}, said(one.mine)), el('td', {}, said(one)), el('td', {}, one.kept ? '维持' : '改判'), el('td', {}, one.reason), el('td', {class: 'small muted'}, `${one.who} ${mj.clock(one.at)}`)));
    const dialog = el('dialog', {class: 'rulings', 'aria-label': '我的改判'}, el('h2', {}, '我的改判', el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
      el('p', {class: 'small muted'}, `本次检查中您被裁定 ${rows.length} 项：维持 ${told.kept}，改判 ${told.changed}。`),
      rows.length ? el('table', {class: 'list'}, el('thead', {}, el('tr', {}, ['疑点', '您的决定', '裁定', '结果', '理由', '裁定人'].map((name) => el('th', {}, name)))), el('tbody', {}, rows)) : null);
    dialog.addEventListener('close', () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
  };

  // seconds that the page was in view and somebody was at it, since last taken
  mj.activeTime = function () {
    let seen = Date.now(), last = seen, total = 0;
    const add = () => {
      const now = Date.now();
      if (document.visibilityState === 'visible') total += Math.min(now - last, Math.max(0, seen + IDLE - last));
      last = now;
    };
    const touched = () => { add(); seen = Date.now(); };
    for (const event of ['keydown', 'mousedown', 'wheel', 'mousemove']) document.addEventListener(event, touched, {capture: true, passive: true});
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') total += Math.min(Date.now() - last, Math.max(0, seen + IDLE - last)); last = seen = Date.now(); });
    return () => { add(); const taken = total / 1000; total = 0; return Math.round(taken * 10) / 10; };
  };

  mj.loaded.add('pairing');
})(window.mingjian ||= {loaded: new Set()});
