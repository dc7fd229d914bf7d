import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { paths } from '../../api/paths.ts'
import { bindings } from '../../routes/index.ts'
import { allRouteIds, describeApi } from './openapi.ts'

type Operation = {
  operationId: string
  summary: string
  security: unknown[]
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>
}
const document = describeApi(allRouteIds, { version: '1', origin: 'https://base.example' }) as {
  paths: Record<string, Record<string, Operation>>
}
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)))
    expect([valid, errors]).toEqual([true, undefined])
    expect(validator.version).toBe('3.1')
  })

  test('has every route once, each with a sentence, its sign-in and its problems', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(paths).sort())
    for (const operation of operations) {
      expect(operation.summary.length).toBeGreaterThan(5)
      expect(operation.responses['429']).toEqual({ $ref: '#/components/responses/Problem' })
      expect(operation.responses['default']).toEqual({ $ref: '#/components/responses/Problem' })
      expect(operation.security.length === 0).toBe(operation.responses['401'] === undefined)
    }
  })

  test('holds no mark of the schema library and no open object where an object is described', () => {
    const text = JSON.stringify(document)
    expect(text).not.toMatch(/"~[a-z]+"/i)
    expect(text).toContain('"additionalProperties":false')
  })
})

describe('the bindings', () => {
  test('serve every route that is defined, once', () => {
    expect(['getOpenApi', ...bindings.map(({ id }) => id)].sort()).toEqual(Object.keys(paths).sort())
  })
})
