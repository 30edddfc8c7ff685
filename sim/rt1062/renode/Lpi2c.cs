// Low Power I2C, master side (i.MX RT1060 reference manual, chapter LPI2C), for Renode 1.16.1. C# 7.
// Own because the stock S32K3XX model takes no NACK from a device that is there (the camera's faults)
// and warns of every timing bit. A transfer takes no time.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.I2C;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// An I2C target that may leave its address unacknowledged.
    public interface II2CAcknowledge
    {
        bool Acknowledges { get; }
    }

    public class Lpi2c : SimpleContainer<II2CPeripheral>, IDoubleWordPeripheral, IKnownSize
    {
        public Lpi2c(IMachine machine) : base(machine)
        {
            IRQ = new GPIO();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public override void Reset()
        {
            control = 0;
            SoftwareReset();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case VERID: return 0x01000003;
            case PARAM: return 0x00000202;
            case MCR: return control;
            case MSR: return Status;
            case MIER: return enabled;
            case MFSR: return (uint)received.Count << 16;
            case MRDR: return Pop();
            case MTDR: return 0;
            case SASR: case SRDR: return ReceiveEmpty;
            default:
                uint value;
                if(!Plain(offset)) { this.LogUnhandledRead(offset); return 0; }
                plain.TryGetValue(offset, out value);
                return value;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case MCR:
                if((value & ResetAll) != 0) { SoftwareReset(); }
                if((value & ResetReceiveFifo) != 0) { received.Clear(); }
                if((value & ResetTransmitFifo) != 0) { sent.Clear(); }
                control = value & 0xF;
                break;
            case MSR:
                flags &= ~value;
                break;
            case MIER:
                enabled = value & 0x7F03;
                break;
            case MTDR:
                if((control & Enable) != 0 && (flags & Errors) == 0) { Execute((int)(value >> 8) & 7, (byte)value); }
                break;
            case VERID: case PARAM: case MFSR: case MRDR: case SASR: case SRDR:
                break;
            default:
                if(!Plain(offset)) { this.LogUnhandledWrite(offset, value); return; }
                plain[offset] = value;
                break;
            }
            UpdateInterrupt();
        }

        // Registers that hold what was written and act on nothing here: DMA, timing, matching, the slave side.
        private static bool Plain(long offset)
        {
            return (offset >= MDER && offset <= 0x58 && offset % 4 == 0) || (offset >= 0x110 && offset <= 0x170 && offset % 4 == 0);
        }

        private void SoftwareReset()
        {
            flags = enabled = 0;
            plain.Clear();
            sent.Clear();
            received.Clear();
            target = null;
            UpdateInterrupt();
        }

        private void Execute(int command, byte data)
        {
            if(command != Transmit) { Deliver(); }
            switch(command)
            {
            case Transmit:
                if(target == null) { flags |= FifoError; return; }
                sent.Add(data);
                break;
            case Receive:
            case ReceiveAndDiscard:
                if(target == null) { flags |= FifoError; return; }
                foreach(var value in target.Read(data + 1))
                {
                    if(command == Receive) { received.Enqueue(value); }
                }
                break;
            case Stop:
                EndPacket();
                flags |= StopDetected;
                break;
            default: // START, also for high speed, also where a NACK is expected
                if(target != null) { flags |= PacketEnd; }
                StartTarget(data, expectNack: (command & 1) != 0);
                break;
            }
        }

        private void StartTarget(byte data, bool expectNack)
        {
            II2CPeripheral found;
            var there = TryGetByAddress(data >> 1, out found);
            var acknowledge = found as II2CAcknowledge;
            var answered = there && (acknowledge == null || acknowledge.Acknowledges);
            target = answered ? found : null;
            if(answered != expectNack) { return; }
            // The module ends a transfer that was not acknowledged with a STOP of its own.
            flags |= Nack;
            EndPacket();
            flags |= StopDetected;
        }

        private void Deliver()
        {
            if(target != null && sent.Count > 0) { target.Write(sent.ToArray()); }
            sent.Clear();
        }

        private void EndPacket()
        {
            Deliver();
            if(target != null) { target.FinishTransmission(); }
            target = null;
            flags |= PacketEnd;
        }

        private uint Pop()
        {
            if(received.Count == 0) { return ReceiveEmpty; }
            var value = received.Dequeue();
            UpdateInterrupt();
            return value;
        }

        private uint Watermark
        {
            get
            {
                uint value;
                plain.TryGetValue(MFCR, out value);
                return value >> 16 & 3;
            }
        }

        private uint Status
        {
            get { return flags | TransmitData | (received.Count > Watermark ? ReceiveData : 0) | (target != null ? Busy : 0); }
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((Status & enabled) != 0);
        }

        private uint control, flags, enabled;
        private II2CPeripheral target;
        private readonly List<byte> sent = new List<byte>();
        private readonly Queue<byte> received = new Queue<byte>();
        private readonly Dictionary<long, uint> plain = new Dictionary<long, uint>();

        private const long VERID = 0x00, PARAM = 0x04, MCR = 0x10, MSR = 0x14, MIER = 0x18, MDER = 0x1C;
        private const long MFCR = 0x58, MFSR = 0x5C, MTDR = 0x60, MRDR = 0x70, SASR = 0x150, SRDR = 0x170;
        private const uint Enable = 1 << 0, ResetAll = 1 << 1, ResetTransmitFifo = 1 << 8, ResetReceiveFifo = 1 << 9;
        private const uint TransmitData = 1 << 0, ReceiveData = 1 << 1, PacketEnd = 1 << 8, StopDetected = 1 << 9, Nack = 1 << 10;
        private const uint FifoError = 1 << 12, Busy = 3u << 24, ReceiveEmpty = 1 << 14;
        private const uint Errors = Nack | FifoError | 1 << 11 | 1 << 13;
        private const int Transmit = 0, Receive = 1, Stop = 2, ReceiveAndDiscard = 3;
    }
}
