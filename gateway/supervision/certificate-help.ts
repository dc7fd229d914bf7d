import { createHash, X509Certificate } from 'node:crypto'

const steps = {
  'zh-CN': {
    title: '让这台设备信任本基地',
    why: '基地在校园网内使用自己签发的证书。安装一次之后，这台设备就能安全地扫码、使用摄像头和通行密钥。',
    compare: '安装之前，请与老师核对下面的指纹：',
    download: '下载证书',
    devices: [
      [
        'iPhone 和 iPad',
        '点“下载证书”并允许。打开“设置”→“已下载描述文件”→“安装”。再打开“设置”→“通用”→“关于本机”→“证书信任设置”，打开本基地的开关。',
      ],
      ['安卓和鸿蒙', '点“下载证书”。打开“设置”→“安全”→“加密与凭据”→“安装证书”→“CA 证书”，选择刚下载的文件。'],
      ['Windows', '双击下载的文件，“安装证书”→“当前用户”→“将所有的证书都放入下列存储”→“受信任的根证书颁发机构”。'],
      ['macOS', '双击下载的文件，在“钥匙串访问”中找到它，双击，“信任”→“始终信任”。'],
      ['Linux', '把文件放到 /usr/local/share/ca-certificates/ 并运行 update-ca-certificates；浏览器还要在“证书”设置中导入。'],
    ],
  },
  en: {
    title: 'Let this device trust the base',
    why: 'On the local network the base uses a certificate of its own. Installed once, it lets this device scan codes, use the camera and passkeys safely.',
    compare: 'Before you install it, compare this fingerprint with your teacher:',
    download: 'Download the certificate',
    devices: [
      [
        'iPhone and iPad',
        'Press “Download the certificate” and allow it. Settings → Profile Downloaded → Install. Then Settings → General → About → Certificate Trust Settings: switch this base on.',
      ],
      [
        'Android and HarmonyOS',
        'Press “Download the certificate”. Settings → Security → Encryption & credentials → Install a certificate → CA certificate, and choose the file.',
      ],
      [
        'Windows',
        'Double-click the file: Install Certificate → Current User → Place all certificates in the following store → Trusted Root Certification Authorities.',
      ],
      ['macOS', 'Double-click the file, find it in Keychain Access, double-click it: Trust → Always Trust.'],
      [
        'Linux',
        'Put the file into /usr/local/share/ca-certificates/ and run update-ca-certificates; browsers import it under Certificates in their settings.',
      ],
    ],
  },
} as const

/** A plain page in both languages, without script or style of its own, that helps to install the base's certificate. */
export const certificateHelp = ({ authority, baseName }: { authority: string; baseName: { 'zh-CN': string; en: string } }): Uint8Array => {
  const fingerprint =
    createHash('sha256').update(new X509Certificate(authority).raw).digest('hex').toUpperCase().match(/../g)?.join(':') ?? ''
  const section = (language: keyof typeof steps) => {
    const { title, why, compare, download, devices } = steps[language]
    const items = devices.map(([device, how]) => `<dt>${device}</dt><dd>${how}</dd>`).join('')
    return `<section lang="${language}"><h1>${title} — ${escapeHtml(baseName[language])}</h1><p>${why}</p><p>${compare}</p><p><code>${fingerprint}</code></p><p><a href="/local-ca.crt">${download}</a></p><dl>${items}</dl></section>`
  }
  const page = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${steps['zh-CN'].title} · ${steps.en.title}</title></head><body><main>${section('zh-CN')}<hr>${section('en')}</main></body></html>`
  return new TextEncoder().encode(page)
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
