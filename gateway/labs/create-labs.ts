import { join } from 'node:path'
import { describeDevices } from './devices/describe-devices.ts'
import type { DeviceStore } from './devices/device-store.ts'
import { openDeviceStore } from './devices/device-store.ts'
import { createMachineBridges } from './devices/machine-bridges.ts'
import { createPairing } from './devices/pairing.ts'
import { LabsError } from './errors.ts'
import { signerOfSeed } from './frames/device-key.ts'
import type { Labs, LabsInit, LabsNotice } from './labs.ts'
import { describeSession } from './sessions/describe-session.ts'
import type { LiveReadings } from './sessions/live-readings.ts'
import { createLiveReadings } from './sessions/live-readings.ts'
import type { Recorder } from './sessions/recorder.ts'
import { createRecorder } from './sessions/recorder.ts'
import { openSessionStore } from './sessions/session-store.ts'
import type { Line } from './start-line.ts'
import { startLine } from './start-line.ts'
import { openObservations } from './telemetry/observations.ts'

/** Makes the machines of a base. Nothing is read, written or listened to before `start`, but the tables `labs_*`. */
export const createLabs = (init: LabsInit): Labs => {
  const now = () => Math.floor(init.nowMs() / 1000)
  const notify = (level: LabsNotice['level'], code: string, fields: LabsNotice['fields'] = {}) => init.onNotice?.({ level, code, fields })
  const gatewaySigner = signerOfSeed(init.gatewaySeed)
  const devices = openDeviceStore(init.database)
  const observations = openObservations(init.database)
  const sessions = openSessionStore(init.database)
  const pairing = createPairing({ ...init, store: devices, now })
  const live = createLiveReadings()
  let line: Line | null = null
  const running = (): Line => {
    if (line === null) throw new LabsError('LABS_NOT_STARTED')
    return line
  }
  const bridges = createMachineBridges({ ...init, now, devices, gatewaySigner, line: running })
  const recorder = () =>
    createRecorder({ ...running(), sessions, devices, observations, now, randomBytes: init.randomBytes, drain: running().ingest.drain })
  return {
    start: async () => {
      line = await startLine({
        init,
        folder: join(init.folder, 'telemetry'),
        devices,
        observations,
        pairing,
        bridges,
        live,
        gatewaySigner,
        notify,
      })
    },
    stop: async () => {
      await bridges.stop()
      await line?.stop()
      line = null
    },
    broker: () => running().brokerState(),
    counters: () => running().counters(),
    createPairingCode: pairing.createCode,
    pairDevice: (request) => running().describePaired(pairing.pair(request)),
    listDevices: (machineId) => describeDevices(devices.list(machineId), { line: running(), observations, nowMs: init.nowMs }),
    listObservations: observations.list,
    revokeDevice: (deviceId) => {
      if (devices.find(deviceId) === undefined) throw new LabsError('LABS_DEVICE_UNKNOWN', { deviceId })
      devices.revoke(deviceId, now())
      running().disconnect(deviceId)
    },
    createOctoPrintAccount: bridges.createAccount,
    followOctoPrint: bridges.follow,
    playMachine: bridges.play,
    ...sessionDoor({ recorder, live, devices, finish: bridges.finish }),
  }
}

interface SessionParts {
  readonly recorder: () => Recorder
  readonly live: LiveReadings
  readonly devices: DeviceStore
  readonly finish: (machineId: string) => void
}

type SessionDoor = Pick<
  Labs,
  'openSession' | 'getSession' | 'setSessionJob' | 'closeSession' | 'abandonSession' | 'readRecording' | 'watchSession'
>

const sessionDoor = ({ recorder, live, devices, finish }: SessionParts): SessionDoor => {
  const describe = (sessionId: string) => describeSession(recorder().get(sessionId), { recorder: recorder(), live })
  return {
    openSession: (opening) => describe(recorder().open(opening).sessionId),
    getSession: describe,
    setSessionJob: (sessionId, jobDigest) => recorder().setJob(sessionId, jobDigest),
    closeSession: async (sessionId) => {
      finish(recorder().get(sessionId).machineId)
      return recorder().close(sessionId)
    },
    abandonSession: (sessionId) => recorder().abandon(sessionId),
    readRecording: (sessionId) => recorder().readRecording(sessionId),
    watchSession: (sessionId, listener) => {
      const { machineId } = recorder().get(sessionId)
      return live.watch((deviceId, readings) => {
        if (devices.find(deviceId)?.machineId === machineId) listener(readings)
      })
    },
  }
}
