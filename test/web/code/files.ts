// Files of several kinds, small and whole; some of them wish their readers ill.

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** One second of a tone: 8 kHz, 8 bits, mono. */
export const WAV = Buffer.concat([
  Buffer.from('RIFF'),
  int32(36 + 8000),
  Buffer.from('WAVEfmt '),
  int32(16),
  Buffer.from([1, 0, 1, 0]),
  int32(8000),
  int32(8000),
  Buffer.from([1, 0, 8, 0]),
  Buffer.from('data'),
  int32(8000),
  Buffer.from(Array.from({ length: 8000 }, (_, at) => 128 + Math.round(40 * Math.sin(at / 3)))),
]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export const PDF = pdf('Hello from a document');

/** A page with one line of text (ISO 32000-1, 7.5). */
function pdf(text: string): Buffer {
  const stream = `BT /F1 24 Tf 40 120 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${body}xref\n0 6\n0000000000 65535 f \n${table}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
  );
}

export const HOSTILE_NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python' } },
  cells: [
    {
      cell_type: 'markdown',
      source: [
        '# Study\n',
        '<script>window.hit = 1</script><img src=pixel.png onerror="window.hit = 1">\n',
        '[x](javascript:hit())',
      ],
    },
    {
      cell_type: 'code',
      execution_count: 1,
      source: 'print("<b>")\nimport pandas',
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['<b>\n', '\u001b[31mred\u001b[0m'] },
        {
          output_type: 'display_data',
          data: { 'image/png': PNG.toString('base64'), 'text/plain': 'a picture' },
        },
        {
          output_type: 'execute_result',
          data: {
            'text/html':
              '<table><tr><td onclick="hit()">7</td></tr></table><script>window.hit = 1</script><iframe src="//evil.example"></iframe>',
          },
        },
        { output_type: 'display_data', data: { 'application/javascript': 'window.hit = 1' } },
        { output_type: 'display_data', data: { 'image/png': '"><script>window.hit = 1</script>' } },
        { output_type: 'error', traceback: ['\u001b[0;31mValueError\u001b[0m', '<script>'] },
      ],
    },
    { cell_type: 'raw', source: '<script>window.hit = 1</script>' },
    null,
    7,
  ],
});
