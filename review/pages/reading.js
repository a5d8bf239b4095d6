// What a model read, folded below what the rules found: proven quotes only, each opens at its place in the record.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const LONGEST = 60;

  // beside one finding
  mj.readingOf = function (one, cas, go) {
    const views = cas.model && cas.model.findings[one.id];
    if (!views) return null;
    const said = views.reduce((all, view) => all + view.statements.length, 0);
    return fold('模型阅读', said ? `${said} 条` : '读过，没有能引的原文', views, go);
  };
  // below the findings: what was read of the whole stay, and what was not asked
  mj.readingOfStay = function (cas, go) {
    const model = cas.model;
    if (!model) return null;
    const dropped = model.dropped ? `引文核对不上而未采用 ${model.dropped} 条` : '引文逐字核对';
    return el('section', {class: 'reading-stay', 'aria-label': '模型阅读'},
      el('h3', {}, '模型阅读', el('span', {class: 'small muted'}, [model.models.join('、'), dropped].filter(Boolean).join(' · '))),
      model.injection ? el('p', {class: 'notice small'}, '病历里夹有对程序说的话，已不理会，请留意原文。') : null,
      model.open.map((one) => el('p', {class: 'small'}, el('b', {class: 'strong'}, `${one.count} 问没有答案`), '　', one.reason)),
      model.stay.map((view) => fold(view.title, view.statements.length ? `${view.statements.length} 条` : view.said || '读过，未见', [view], go)));
  };

  function fold(name, count, views, go) {
    return el('details', {class: 'reading'}, el('summary', {}, name, el('span', {class: 'small muted'}, count)), views.map((view) => shown(view, go)));
  }
  function shown(view, go) {
    const note = [view.said, view.reason, view.dropped ? `未采用 ${view.dropped} 条` : '', view.left_out.length ? `没有送给模型：${view.left_out.join('、')}` : ''];
    return el('div', {class: 'view'}, view.statements.map((one) => statement(one, go)),
      note.some(Boolean) ? el('p', {class: 'small muted'}, note.filter(Boolean).join(' · ')) : null,
      el('p', {class: 'small muted by'}, view.title, ' · ', view.by));
  }
  function statement(one, go) {
    return el('div', {class: 'told ' + one.says}, el('p', {}, one.label), el('ul', {class: 'evidence'}, one.evidence.map((item) => quote(item, go))));
  }
  function quote(item, go) {
    const words = item.quote.replace(/\s+/g, ' '), short = words.length > LONGEST ? words.slice(0, 34) + '……' + words.slice(-22) : words;
    const where = [item.title, item.page ? `第 ${item.page} 页` : '', item.told || '', item.at ? item.at.slice(5, 16) : ''].filter(Boolean).join(' · ');
    const target = item.place || (item.row ? {sheet: item.row.sheet, id: item.row.id} : null);
    return el('li', {}, el('button', {disabled: !target, on: {click: () => go(target)}}, el('span', {class: 'n'}, '·'),
      el('span', {class: 'words'}, '「' + short + '」', el('cite', {}, where))));
  }

  mj.loaded.add('reading');
})(window.mingjian ||= {loaded: new Set()});
