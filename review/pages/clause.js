// A clause with the cited words marked, what stands around it, and its versions: for the drawer and for the chat.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);

  mj.clause = function (clause, words) {
    if (!clause.held) {
      return el('article', {class: 'clause'}, el('h3', {}, clause.document), el('p', {class: 'notice'},
        `库中没有原文。引用：${clause.document} ${clause.passage}。可请管理员把文件收入依据库。`));
    }
    return el('article', {class: 'clause'},
      clause.kind ? el('p', {class: 'small muted'}, clause.kind) : null,
      el('h3', {}, clause.document),
      el('p', {class: 'when'}, when(clause), ...force(clause, words)),
      clause.digest ? el('p', {class: 'small digest'}, `本系统摘要，非原文：${clause.document} ${clause.passage}。引用前请核对原文。`) : null,
      clause.note ? el('p', {class: 'small muted'}, clause.note) : null,
      clause.context ? el('p', {class: 'small muted'}, clause.context) : null,
      clause.before.map((text) => el('p', {class: 'around'}, text)),
      el('div', {class: 'cited'}, cited(clause)),
      clause.after.map((text) => el('p', {class: 'around'}, text)),
      clause.versions.length ? [el('h4', {}, '版本'), el('ul', {class: 'versions'}, clause.versions.map((one) => el('li', {class: one.used ? 'on' : ''},
        el('b', {class: 'strong'}, (one.from || '日期未载明') + (one.to ? ` 至 ${one.to}` : ' 起')), ' ', (one.digest ? '摘要' : '原文') + (one.used ? '，本次适用' : ''))))] : null);
  };
  const when = (clause) => clause.from ? el('b', {class: 'strong'}, clause.from + (clause.to ? ` 至 ${clause.to} 施行` : ' 起施行')) : el('span',
    {class: 'muted'}, '施行日期未载明');
  function force(clause, words) {
    if (!clause.on || clause.in_force === null) return [];
    return clause.in_force ? [el('span', {class: 'valid'}, `${words || '依据日'} ${clause.on} 有效`)] : [el('span',
      {class: 'valid not'}, `${words || '依据日'} ${clause.on} 不在施行期内`)];
  }
  function cited(clause) {
    if (!clause.span) return paragraphs(clause.text);
    const [start, end] = clause.span, words = clause.text.slice(start, end);
    const whole = start === 0 && end >= clause.text.trimEnd().length;
    if (whole) return paragraphs(clause.text, 'lit');
    if (/^[（(]/.test(words.trim()) || words.includes('\n')) {
      return [...paragraphs(clause.text.slice(0, start)), ...paragraphs(words, 'hit'), ...paragraphs(clause.text.slice(end), 'around')];
    }
    const from = clause.text.lastIndexOf('\n', start) + 1;
    const to = clause.text.indexOf('\n', end) < 0 ? clause.text.length : clause.text.indexOf('\n', end);
    return [...paragraphs(clause.text.slice(0, from), 'around'), el('p', {}, clause.text.slice(from, start), el('mark',
      {class: 'for now'}, words), clause.text.slice(end, to)),
      ...paragraphs(clause.text.slice(to), 'around')];
  }
  const paragraphs = (text, kind) => text.split('\n').filter((line) => line.trim()).map((line) => el('p', {class: kind || ''}, line));

  mj.loaded.add('clause');
})(window.mingjian ||= {loaded: new Set()});
